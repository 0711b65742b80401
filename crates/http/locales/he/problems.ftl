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

# What a problem's code means.
problem-unknown = זה לא הצליח. שום דבר לא השתנה; נסו שוב.
problem-unauthenticated = היכנסו קודם לחשבון, ונסו שוב.
problem-invalid-credentials = שם המשתמש או הסיסמה אינם נכונים.
problem-forbidden = אין לכם רשות לעשות את זה.
problem-not-found = זה כבר לא כאן.
problem-invalid = משהו חסר או אינו כמו שצריך.
problem-invalid-request = משהו חסר או אינו כמו שצריך.
problem-username-taken = שם המשתמש הזה כבר תפוס.
problem-email-taken = כבר יש חשבון עם כתובת הדוא״ל הזאת.
problem-password-breached = הסיסמה הזאת מופיעה ברשימה שתוקפים משתמשים בה. בחרו אחרת.
problem-password-too-short = הסיסמה הזאת קצרה מדי.
problem-too-large = הקובץ גדול ממה שמותר.
problem-quota-exceeded = לא נשאר לו מקום. מחקו משהו שאינו נחוץ עוד.
problem-checksum-mismatch = מה שהגיע אינו הקובץ שנשלח. בחרו אותו שוב.
problem-size-mismatch = הקובץ השתנה בזמן השליחה. בחרו אותו שוב.
problem-upload-incomplete = עוד לא הכול הגיע.
problem-upload-expired = זה חיכה זמן רב מדי ונוקה. בחרו את הקובץ שוב.
problem-conflict = מישהו שינה את זה באותו הזמן. טענו את הדף מחדש.
problem-rate-limited = זה היה מהר מדי. חכו דקה.
problem-locked-out = יותר מדי סיסמאות שגויות. חכו כמה דקות.
problem-csrf = הדף היה פתוח זמן רב מדי. טענו אותו מחדש.
problem-unavailable = אין מענה כרגע. נסו שוב בעוד דקה.
problem-insufficient-storage = הדיסק של בית הספר מלא. ספרו למורה.
problem-setup-link-used = הקישור הזה כבר שימש, או שאינו נכון.
