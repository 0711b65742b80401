"""The action endpoint as a Flask application of somebody else meets it: python -m unittest discover tests/functions

HOMEROOM_BIN is the program. Needs `requests`.
"""
import base64
import json
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import requests
import web_front_end as site
from school import School, mp4, quicktime, sound, webm

DAY = "2025-01-15"
TIME = f"{DAY}T08:05:00"


class Actions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.school = School()
        cls.addClassCleanup(cls.school.close)
        cls.teacher = cls.school.teacher()

    def setUp(self):
        self.path, self.api = self.school.function_url(self.teacher)

    def sent(self, number=17, timestamp=TIME, name="day.mp4", video=None):
        """Uploads a video and writes it down."""
        video = video or mp4(name)
        self.assertTrue(site.upload_video(self.api, name, video))
        status, said = site.save_submission(self.api, "student-1", number, name, timestamp, "My day", "In the lab")
        self.assertEqual((status, type(said)), (200, str), said)
        return video

    def test_a_day_from_upload_to_delete(self):
        video = self.sent()
        [listed] = site.submissions_of_day(self.api, DAY)
        self.assertEqual(
            {name: listed[name] for name in ("title", "description", "timestamp", "submission_id")},
            {"title": "My day", "description": "In the lab", "timestamp": TIME, "submission_id": 17},
        )
        self.assertEqual(set(listed), {"title", "description", "timestamp", "submission_id", "video_link"})
        watched = requests.get(listed["video_link"], timeout=30)
        self.assertEqual((watched.status_code, watched.content), (200, video))
        self.assertEqual(watched.headers["Content-Type"], "video/mp4")
        link = {name.lower(): value for name, value in parse_qs(urlsplit(listed["video_link"]).query).items()}
        self.assertTrue(1 <= int(link["x-amz-expires"][0]) <= 900, link)

        status, entry = site.single_submission(self.api, 17, TIME)
        self.assertEqual((status, entry["object_name"]), (200, "day.mp4"))
        self.assertEqual(site.edit_submission(self.api, 17, TIME, "A better day", "Out of the lab")[0], 200)
        status, entry = site.single_submission(self.api, "17", TIME)
        self.assertEqual((status, entry["title"], entry["description"]), (200, "A better day", "Out of the lab"))

        self.assertEqual(site.delete_submission(self.api, 17, TIME)[0], 200)
        self.assertEqual(site.submissions_of_day(self.api, DAY), [])
        for gone in (
            site.single_submission(self.api, 17, TIME),
            site.edit_submission(self.api, 17, TIME, "A", "B"),
            site.delete_submission(self.api, 17, TIME),
        ):
            self.assertEqual(gone[0], 404, gone)
        deadline = time.monotonic() + 30
        while requests.get(listed["video_link"], timeout=30).status_code == 200:
            self.assertLess(time.monotonic(), deadline, "the video is still there")
            time.sleep(0.1)

    def test_what_an_edit_does_not_say_stays(self):
        self.sent()
        for given, expected in (({}, "In the lab"), ({"description": None}, "In the lab"), ({"description": ""}, "")):
            edit = {"submission_id": 17, "timestamp": TIME, "title": "A better day", **given}
            self.assertEqual(site.call(self.api, "update_entry", edit)[0], 200)
            _, entry = site.single_submission(self.api, 17, TIME)
            self.assertEqual((entry["title"], entry["description"]), ("A better day", expected), given)

    def test_dates_are_prefixes(self):
        for number, timestamp in enumerate([TIME, f"{DAY}T09:00:00", "2025-01-16T08:00:00", "2025-02-01T08:00:00"]):
            self.sent(number, timestamp, f"{number}.mp4")
        for date, expected in (("2025", 4), ("2025-01", 3), ("2025-0", 4), (DAY, 2), (f"{DAY}T08", 1), ("2025-04-3", 0), ("2024", 0)):
            found = site.submissions_of_day(self.api, date)
            self.assertEqual(len(found), expected, date)
            self.assertEqual(found, sorted(found, key=lambda entry: entry["timestamp"]))
        self.assertEqual(site.call(self.api, "get_calendar", {"date": "2025-04-3"}), (200, []))
        for date in ("2025-13-40", "2025-02-30", "2025-02-3", "2025-13", "", "x", "2025/01", "%", "2025-01-15#", None, [DAY], {}):
            status, said = site.call(self.api, "get_calendar", {"date": date})
            self.assertEqual((status, list(said)), (400, ["message"]), date)
        self.assertEqual(site.call(self.api, "get_calendar", {})[0], 400)

    def test_an_upload_needs_its_type_and_its_name(self):
        video = mp4("signed")
        url = site.get_presigned_url(self.api, "signed.mp4")
        for headers in ({"Content-Type": "video/webm"}, {"Content-Type": "application/octet-stream"}, {}):
            refused = requests.put(url, data=video, headers=headers, timeout=30)
            self.assertEqual(refused.status_code, 403, headers)
            self.assertIn("SignatureDoesNotMatch", refused.text)
        other = requests.put(url.replace("functions/", "functionz/"), data=video, headers={"Content-Type": "video/mp4"}, timeout=30)
        self.assertEqual(other.status_code, 403)
        self.assertEqual(site.save_submission(self.api, "s", 1, "signed.mp4", TIME, "T", "D")[0], 409)
        once = requests.put(url, data=video, headers={"Content-Type": "video/mp4"}, timeout=30)
        self.assertEqual(once.status_code, 200, once.text)
        again = requests.put(url, data=mp4("replayed"), headers={"Content-Type": "video/mp4"}, timeout=30)
        self.assertEqual(again.status_code, 412, again.text)
        self.assertEqual(site.save_submission(self.api, "s", 1, "signed.mp4", TIME, "T", "D")[0], 200)
        for wrong in (0, -1, 3_601, 10**12, "soon", 1.5, True):
            status, _ = site.call(self.api, "upload", {"object_name": "a.mp4", "expiration": wrong})
            self.assertEqual(status, 400, wrong)
        for wrong in ("", " ", "a\nb", "x" * 501, None, ["a"], {"a": 1}):
            self.assertEqual(site.call(self.api, "upload", {"object_name": wrong})[0], 400, wrong)
        # A path in a name is a name.
        self.sent(2, TIME, "../../etc/passwd")

    def test_an_upload_expires(self):
        url = site.get_presigned_url(self.api, "late.mp4", expiration=1)
        time.sleep(2.1)  # what is under test is the clock
        refused = requests.put(url, data=mp4("late"), headers={"Content-Type": "video/mp4"}, timeout=30)
        self.assertEqual(refused.status_code, 403, refused.text)

    def test_nothing_is_written_without_a_video(self):
        status, said = site.save_submission(self.api, "student-1", 17, "never.mp4", TIME, "My day", "")
        self.assertEqual(status, 409, said)
        site.get_presigned_url(self.api, "asked.mp4")
        self.assertEqual(site.save_submission(self.api, "s", 17, "asked.mp4", TIME, "My day", "")[0], 409)
        for name, content in (("page.mp4", b"<html>"), ("cut.mp4", mp4("cut")[:-30]), ("png.mp4", b"\x89PNG\r\n\x1a\n" * 9)):
            self.assertTrue(site.upload_video(self.api, name, content))
            status, said = site.save_submission(self.api, "s", 17, name, TIME, "My day", "")
            self.assertEqual(status, 400, said)
            self.assertEqual(site.save_submission(self.api, "s", 17, name, TIME, "My day", "")[0], 409, "it is gone")
        self.assertEqual(site.submissions_of_day(self.api, "2025"), [])

    def test_only_what_was_signed_for_is_written(self):
        """The signature asks for video/mp4; what is inside is looked at."""
        self.assertTrue(site.upload_video(self.api, "day.mp4", webm("another container")))
        status, said = site.save_submission(self.api, "s", 1, "day.mp4", TIME, "T", "D")
        self.assertEqual((status, said["code"]), (400, "not_a_video"), said)
        self.assertIn("MP4", said["message"])
        self.assertEqual(site.save_submission(self.api, "s", 1, "day.mp4", TIME, "T", "D")[0], 409, "it is gone")
        for content, expected in ((b"%PDF-1.7\n", "only MP4 and MOV"), (sound("no picture"), "no moving picture")):
            self.assertTrue(site.upload_video(self.api, "day.mp4", content))
            status, said = site.save_submission(self.api, "s", 1, "day.mp4", TIME, "T", "D")
            self.assertEqual((status, said["code"]), (400, "not_a_video"), said)
            self.assertIn(expected, said["message"])
            self.assertNotIn("WebM", said["message"])
        self.sent(1)
        self.sent(2, name="phone.mov", video=quicktime("as phones record it"))

    def test_a_class_s_largest_video_holds_here_too(self):
        self.path, self.api = self.school.function_url(self.teacher, max_video_bytes=1_000, max_video_seconds=2)
        self.assertTrue(site.upload_video(self.api, "large.mp4", mp4("x" * 2_000, 1_000)))
        status, said = site.save_submission(self.api, "s", 1, "large.mp4", TIME, "T", "D")
        self.assertEqual(status, 413, said)
        self.assertTrue(site.upload_video(self.api, "long.mp4", mp4("long", 10_000)))
        status, said = site.save_submission(self.api, "s", 1, "long.mp4", TIME, "T", "D")
        self.assertEqual(status, 400, said)
        self.assertEqual(site.submissions_of_day(self.api, "2025"), [])

    def test_what_is_required_is_asked_for(self):
        self.assertTrue(site.upload_video(self.api, "day.mp4", mp4("day")))
        whole = {"user_id": "s", "submission_id": 1, "object_name": "day.mp4", "timestamp": TIME, "title": "T", "description": ""}
        for name in ("user_id", "submission_id", "object_name", "timestamp", "title"):
            for given in ({**whole, name: None}, {key: value for key, value in whole.items() if key != name}):
                status, said = site.call(self.api, "write_to_db", given)
                self.assertEqual(status, 400, name)
                self.assertIn(name, said["message"])
        for number in (2**32, -1, 1.5, "x", 2**64, [1], "", True):
            self.assertEqual(site.call(self.api, "write_to_db", {**whole, "submission_id": number})[0], 400, number)
            self.assertEqual(site.single_submission(self.api, number, TIME)[0], 400, number)
        for timestamp in ("2025-13-40", "2025-13-40T08:00:00", "yesterday", "08:00", "2025-01-15T08:00:00#1", "x" * 60):
            self.assertEqual(site.call(self.api, "write_to_db", {**whole, "timestamp": timestamp})[0], 400, timestamp)
        self.assertEqual(site.call(self.api, "write_to_db", {**whole, "title": "x" * 201})[0], 400)
        # A number of 32 bits whole, without a description.
        status, said = site.call(self.api, "write_to_db", {**whole, "submission_id": 2**32 - 1, "description": None})
        self.assertEqual(status, 200, said)
        status, entry = site.single_submission(self.api, 2**32 - 1, TIME)
        self.assertEqual((status, entry["submission_id"], entry["description"]), (200, 2**32 - 1, ""))

    def test_two_people_s_videos_of_one_name_are_never_mixed(self):
        def put(url, video):
            return requests.put(url, data=video, headers={"Content-Type": "video/mp4"}, timeout=30).status_code

        def entry(number):
            status, found = site.single_submission(self.api, number, TIME)
            self.assertEqual(status, 200, found)
            return requests.get(found["video_link"], timeout=30).content

        def url_for(user, name="video.mp4"):
            params = {"object_name": name, **({"user_id": user} if user else {})}
            return site.call(self.api, "upload", params)[1]["url"]

        ada, bo = mp4("of Ada"), mp4("of Bo, and another length")
        self.assertEqual((put(url_for("ada"), ada), put(url_for("bo"), bo)), (200, 200))
        self.assertEqual(site.save_submission(self.api, "ada", 1, "video.mp4", TIME, "Ada's", "")[0], 200)
        self.assertEqual(site.save_submission(self.api, "bo", 2, "video.mp4", TIME, "Bo's", "")[0], 200)
        self.assertEqual((entry(1), entry(2)), (ada, bo))
        # Somebody for whom nothing was begun gets nobody's.
        self.assertEqual(put(url_for("ada"), ada), 200)
        self.assertEqual(site.save_submission(self.api, "cy", 3, "video.mp4", TIME, "Cy's", "")[0], 409)

        # Clients that say nothing of users at first: no video vanishes, and none is guessed.
        first, second = url_for(None, "day.mp4"), url_for(None, "day.mp4")
        self.assertEqual(put(first, ada), 200)
        self.assertEqual(site.save_submission(self.api, "ada", 4, "day.mp4", TIME, "Ada's", "")[0], 200)
        self.assertEqual((entry(4), put(second, bo)), (ada, 200))
        self.assertEqual(site.save_submission(self.api, "bo", 5, "day.mp4", TIME, "Bo's", "")[0], 200)
        self.assertEqual(entry(5), bo)
        self.assertEqual((put(url_for(None, "both.mp4"), ada), put(url_for(None, "both.mp4"), bo)), (200, 200))
        status, said = site.save_submission(self.api, "ada", 6, "both.mp4", TIME, "Ada's", "")
        self.assertEqual((status, said["code"]), (409, "ambiguous_object"), said)
        # Whoever sends the same video twice is not kept waiting.
        self.assertEqual([put(url_for(None, "twice.mp4"), ada) for _ in range(2)], [200, 200])
        self.assertEqual(site.save_submission(self.api, "ada", 7, "twice.mp4", TIME, "Ada's", "")[0], 200)
        self.assertEqual(entry(7), ada)

    def test_writing_something_else_again_is_refused(self):
        video = self.sent()
        again = [self.api, "student-1", 17, "day.mp4", TIME, "My day", "In the lab"]
        self.assertEqual(site.save_submission(*again)[0], 200)
        for place, other in ((1, "student-2"), (3, "other.mp4"), (5, "Another title"), (6, "Another text")):
            said = site.save_submission(*again[:place], other, *again[place + 1 :])
            self.assertEqual((said[0], said[1]["code"]), (409, "entry_exists"), said)
        # The same words with another video would lose the video.
        self.assertTrue(site.upload_video(self.api, "day.mp4", mp4("the second, a longer one")))
        self.assertEqual(site.save_submission(*again)[0], 409)
        _, entry = site.single_submission(self.api, 17, TIME)
        self.assertEqual(entry["title"], "My day")
        self.assertEqual(requests.get(entry["video_link"], timeout=30).content, video)

    def test_writing_again_changes_nothing(self):
        self.sent()
        self.assertEqual(site.save_submission(self.api, "student-1", 17, "day.mp4", TIME, "My day", "In the lab")[0], 200)
        self.assertTrue(site.upload_video(self.api, "other.mp4", mp4("other")))
        self.assertEqual(site.save_submission(self.api, "student-2", 17, "other.mp4", TIME, "Mine now", "")[0], 409)
        [entry] = site.submissions_of_day(self.api, DAY)
        self.assertEqual(entry["title"], "My day")

    def test_thirty_at_once(self):
        def one(number):
            name = f"{number}.mp4"
            sent = site.upload_video(self.api, name, mp4(name))
            return sent and site.save_submission(self.api, f"s-{number}", number, name, TIME, name, "")[0]

        with ThreadPoolExecutor(30) as pool:
            self.assertEqual(set(pool.map(one, range(30))), {200})
        found = site.submissions_of_day(self.api, DAY)
        self.assertEqual([entry["submission_id"] for entry in found], list(range(30)))

    def test_what_is_no_action_is_400(self):
        for body in ({"action": "scan", "params": {}}, {"params": {}}, {"action": 1}, {"action": "upload", "params": [1]}, [], 17, None):
            answer = requests.post(self.api, json=body, timeout=30)
            self.assertEqual(answer.status_code, 400, body)
            self.assertEqual(list(answer.json()), ["message"])
        for raw in (b"", b"{", b"\xff", b"[" * 100_000):
            self.assertEqual(requests.post(self.api, data=raw, timeout=30).status_code, 400, raw[:10])
        self.assertEqual(requests.get(self.api, timeout=30).status_code, 405)
        self.assertEqual(requests.post(self.api, data=b" " * (4 << 20), timeout=30).status_code, 413)

    def test_an_event_of_lambda_is_answered_as_one(self):
        inner = json.dumps({"action": "upload", "params": {"object_name": "lambda.mp4"}})
        for event in (
            {"version": "2.0", "requestContext": {"http": {"method": "POST"}}, "body": inner, "isBase64Encoded": False},
            {"httpMethod": "POST", "headers": {}, "body": base64.b64encode(inner.encode()).decode(), "isBase64Encoded": True},
            {"body": inner},
        ):
            answer = requests.post(self.api, json=event, timeout=30)
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(answer.json()["statusCode"], 200, answer.text)
            url = json.loads(answer.json()["body"])["url"]
        put = requests.put(url, data=mp4("lambda"), headers={"Content-Type": "video/mp4"}, timeout=30)
        self.assertEqual(put.status_code, 200, put.text)
        for inner, status in (('{"action": "nothing"}', 400), ("{", 400), ('{"action": "get_single_entry", "params": {"submission_id": 1, "timestamp": "%s"}}' % TIME, 404)):
            answer = requests.post(self.api, json={"body": inner, "requestContext": {}}, timeout=30).json()
            self.assertEqual(answer["statusCode"], status, inner)
            self.assertIsInstance(answer["body"], str)

    def test_a_revoked_or_mistyped_url_leads_nowhere(self):
        self.sent()
        mistyped = self.api[:-1] + ("A" if self.api[-1] != "A" else "B")
        for url in (mistyped, self.api + "x", self.api[:-1], self.school.url + "/f/x", self.school.url + "/f/" + "x" * 5_000):
            self.assertIn(requests.post(url, json={"action": "get_calendar", "params": {"date": DAY}}, timeout=30).status_code, (404, 414))
        renewed = self.teacher.post(f"{self.path}/function-url", timeout=30).json()["url"]
        self.assertEqual(site.call(self.api, "get_calendar", {"date": DAY})[0], 404)
        self.assertEqual(len(site.submissions_of_day(renewed, DAY)), 1)
        self.assertEqual(self.teacher.delete(f"{self.path}/function-url", timeout=30).status_code, 204)
        for action in ("upload", "write_to_db", "get_calendar", "get_single_entry", "update_entry", "delete", "nothing"):
            self.assertEqual(site.call(renewed, action, {})[0], 404)

    def test_what_a_revoked_url_gave_holds_no_longer(self):
        def renew():
            return self.teacher.post(f"{self.path}/function-url", timeout=30).json()["url"]

        def revoke():
            self.assertEqual(self.teacher.delete(f"{self.path}/function-url", timeout=30).status_code, 204)

        def put(url):
            return requests.put(url, data=video, headers={"Content-Type": "video/mp4"}, timeout=30).status_code

        for end in (renew, revoke):
            if end is revoke:
                self.path, self.api = self.school.function_url(self.teacher)
            video = self.sent()
            link = site.submissions_of_day(self.api, DAY)[0]["video_link"]
            self.assertEqual(requests.get(link, timeout=30).status_code, 200)
            before = self.school.stored()
            self.assertEqual(put(site.get_presigned_url(self.api, "arrived.mp4")), 200)
            earlier = site.get_presigned_url(self.api, "on-its-way.mp4", expiration=600)
            self.api = end() or renew()
            self.assertEqual(put(earlier), 403, end.__name__)
            self.assertEqual(put(earlier.replace("x-homeroom-through", "x-other")), 403)
            self.assertEqual(requests.get(link, timeout=30).status_code, 403)
            for name in ("arrived.mp4", "on-its-way.mp4"):
                self.assertEqual(site.save_submission(self.api, "s", 2, name, TIME, "T", "D")[0], 409, name)
            deadline = time.monotonic() + 30
            while self.school.stored() > before:
                self.assertLess(time.monotonic(), deadline, "what waited is still there")
                time.sleep(0.1)
            # What was written down stays, and can be watched through the new one.
            [entry] = site.submissions_of_day(self.api, DAY)
            self.assertEqual(requests.get(entry["video_link"], timeout=30).content, video)

    def test_classes_see_none_of_each_other(self):
        self.sent()
        _, other = self.school.function_url(self.teacher)
        self.assertEqual(site.submissions_of_day(other, DAY), [])
        self.assertEqual(site.single_submission(other, 17, TIME)[0], 404)
        self.assertEqual(site.delete_submission(other, 17, TIME)[0], 404)
        self.assertTrue(site.upload_video(self.api, "mine.mp4", mp4("mine")))
        self.assertEqual(site.save_submission(other, "s", 1, "mine.mp4", TIME, "T", "D")[0], 409)
        # Nor do signed-in people: what is written here is no material.
        self.assertEqual(requests.get(f"{self.school.url}/api/v1/materials", timeout=30).json()["items"], [])

    def test_an_archived_class_takes_nothing_more(self):
        self.sent()
        self.teacher.patch(self.path, json={"archived": True}, timeout=30)
        self.assertEqual(site.call(self.api, "upload", {"object_name": "a.mp4"})[0], 409)
        self.assertEqual(site.edit_submission(self.api, 17, TIME, "A", "B")[0], 409)
        self.assertEqual(len(site.submissions_of_day(self.api, DAY)), 1)


class Limits(unittest.TestCase):
    def test_a_url_has_its_own_rate(self):
        school = School(HOMEROOM_LIMITS_FUNCTION_CALLS_PER_MINUTE="5")
        self.addCleanup(school.close)
        teacher = school.teacher()
        (_, first), (_, second) = school.function_url(teacher), school.function_url(teacher)
        answers = [requests.post(first, json={"action": "get_calendar", "params": {"date": DAY}}, timeout=30) for _ in range(60)]
        refused = [answer for answer in answers if answer.status_code == 429]
        self.assertTrue(1 <= len(refused) < 60, [answer.status_code for answer in answers])
        self.assertIn("Retry-After", refused[0].headers)
        self.assertEqual(site.call(second, "get_calendar", {"date": DAY})[0], 200)


if __name__ == "__main__":
    unittest.main()
