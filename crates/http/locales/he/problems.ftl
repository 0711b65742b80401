# Pages that stand for an error.
error-not-found = הדף הזה לא כאן
error-not-found-help = אולי הוא עבר, נמחק, או שמעולם לא היה פתוח לכם.
error-forbidden = אי אפשר לעשות את זה
error-forbidden-help = אולי הדף היה פתוח זמן רב מדי. חזרו אחורה, טענו אותו מחדש ונסו שוב.
error-too-fast = קצת יותר לאט
error-too-fast-help = היו הרבה בקשות בזמן קצר. חכו דקה והמשיכו.
error-not-understood = זה לא הגיע כמו שצריך
error-not-understood-help = משהו חסר או ארוך מדי. חזרו ובדקו מה כתבתם; שום דבר לא השתנה.
error-broken = משהו נשבר אצלנו
error-broken-help = זו אשמתנו, לא שלכם. מה ששמרתם נשמר. נסו שוב בעוד רגע.
error-offline = Homeroom לוקח נשימה
error-offline-help = אין מענה כרגע. מה ששמרתם נשמר. נסו שוב בעוד דקה.
error-home = לדף הבית
error-quote = כשתבקשו עזרה, ציינו

# Why a file has no pages.
rejection-empty-file = הקובץ ריק.
rejection-encrypted = צריך סיסמה כדי לפתוח את הקובץ. שמרו אותו בלי סיסמה ושתפו שוב.
rejection-malformed = הקובץ פגום, או שאינו מה ששמו אומר.
rejection-archive-too-large = הקובץ נפרס ליותר ממה שמותר.
rejection-too-many-pages = בקובץ יש יותר עמודים ממה שאפשר לקרוא.
rejection-too-large = אחד העמודים בקובץ גדול מדי לקריאה.
rejection-timed-out = קריאת הקובץ ארכה זמן רב מדי.
rejection-out-of-memory = קריאת הקובץ דרשה זיכרון רב מדי.
rejection-crashed = הקובץ שבר את הקורא שלנו.
rejection-checksum-mismatch = מה שהגיע אינו הקובץ שנשלח. שתפו אותו שוב.
rejection-infected = הסורק מצא בקובץ הזה משהו מזיק. אי אפשר להוריד אותו.

# What a problem's code means.
problem-unknown = זה לא הצליח. שום דבר לא השתנה; נסו שוב.
problem-unauthorized = היכנסו קודם לחשבון, ונסו שוב.
problem-sign-in-required = היכנסו קודם לחשבון, ונסו שוב.
problem-invalid-token = נותקתם. היכנסו לחשבון ונסו שוב.
problem-wrong-credentials = שם המשתמש או הסיסמה אינם נכונים.
problem-wrong-password = זו אינה הסיסמה הנוכחית שלך.
problem-account-suspended = החשבון הזה מושעה. פנו לבית הספר.
problem-account-exists = אי אפשר להשתמש בשם המשתמש או בכתובת הדוא״ל האלה. בחרו אחרים, או היכנסו לחשבון.
problem-sign-up-closed = את החשבונות פותח בית הספר. פנו למורה.
problem-forbidden = אין לכם רשות לעשות את זה.
problem-malformed-captions = זה לא קובץ כתוביות: הוא צריך להיות WebVTT או SubRip, ב־UTF-8, ולהכיל מילים.
problem-no-captions-here = רק לסרטים ולהקלטות שמוכנים אפשר להוסיף כתוביות.
problem-not-allowed = אין לכם רשות לעשות את זה.
problem-csrf-token-missing = הדף היה פתוח זמן רב מדי. טענו אותו מחדש.
problem-foreign-origin = הדף היה פתוח זמן רב מדי. טענו אותו מחדש.
problem-not-found = זה כבר לא כאן.
problem-invalid-fields = משהו חסר או אינו כמו שצריך.
problem-body-too-large = זה גדול ממה שמותר.
problem-quota-exceeded = לא נשאר לו מקום. מחקו משהו שאינו נחוץ עוד.
problem-storage-full = הדיסק של בית הספר מלא. ספרו למורה.
problem-checksum-mismatch = מה שהגיע אינו הקובץ שנשלח. בחרו אותו שוב.
problem-size-mismatch = הקובץ השתנה בזמן השליחה. בחרו אותו שוב.
problem-upload-incomplete = עוד לא הכול הגיע.
problem-upload-aborted = זה נוקה. בחרו את הקובץ שוב.
problem-upload-completed = זה כבר שותף.
problem-content-withdrawn = הקובץ הזה הוסר, כי מה שהגיע לא היה שלם.
problem-quarantined = הסורק מצא בקובץ הזה משהו מזיק, ולכן אי אפשר להוריד אותו.
problem-not-scanned-yet = אפשר יהיה להוריד את הקובץ אחרי שהסורק יבדוק אותו.
problem-too-many-versions = אי אפשר להוסיף לזה עוד גרסאות.
problem-too-many-requests = זה היה מהר מדי. חכו דקה.
problem-too-many-attempts = יותר מדי ניסיונות. חכו כמה דקות.
problem-timed-out = זה ארך זמן רב מדי. נסו שוב.
problem-internal = משהו נשבר אצלנו. נסו שוב בעוד רגע.
problem-unavailable = אין מענה כרגע. נסו שוב בעוד דקה.
problem-setup-link-used = הקישור הזה כבר שימש, או שאינו נכון.

# What is wrong with a field.
invalid-empty = צריך למלא את זה.
invalid-long = זה ארוך מדי.
invalid-short = זה קצר מדי.
invalid-control = יש כאן סימנים שאי אפשר להציג.
invalid-form = זה לא כמו שצריך.
invalid-breached = זה מופיע ברשימות שתוקפים מנסים קודם. בחרו משהו אחר.
