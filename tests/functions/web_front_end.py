"""A web front end of somebody else: helper functions of a Flask application that keeps daily videos.

It knows one URL, to which it posts {action, params}, and presigned URLs, to which it PUTs raw bytes. Nothing here
knows anything of Homeroom; it must work against a class's function URL as it is.
"""
import requests

HEADERS = {"Content-Type": "application/json"}


def call(api_url, action, params):
    """Posts an action, and gives the status and what the answer says."""
    response = requests.post(api_url, json={"action": action, "params": params}, headers=HEADERS, timeout=30)
    return response.status_code, response.json()


def get_presigned_url(api_url, object_name, expiration=30):
    status, body = call(api_url, "upload", {"object_name": object_name, "expiration": expiration})
    return body["url"] if status == 200 else None


def upload_video(api_url, object_name, video):
    """Whether a video has arrived."""
    url = get_presigned_url(api_url, object_name)
    response = requests.put(url, data=video, headers={"Content-Type": "video/mp4"}, timeout=30)
    return response.status_code == 200


def save_submission(api_url, user_id, submission_id, object_name, timestamp, title, description):
    return call(
        api_url,
        "write_to_db",
        {
            "user_id": user_id,
            "submission_id": submission_id,
            "object_name": object_name,
            "timestamp": timestamp,
            "title": title,
            "description": description,
        },
    )


def submissions_of_day(api_url, date):
    status, body = call(api_url, "get_calendar", {"date": date})
    return body if status == 200 else []


def single_submission(api_url, submission_id, timestamp):
    return call(api_url, "get_single_entry", {"submission_id": submission_id, "timestamp": timestamp})


def edit_submission(api_url, submission_id, timestamp, title, description):
    params = {"submission_id": submission_id, "timestamp": timestamp, "title": title, "description": description}
    return call(api_url, "update_entry", params)


def delete_submission(api_url, submission_id, timestamp):
    return call(api_url, "delete", {"submission_id": submission_id, "timestamp": timestamp})
