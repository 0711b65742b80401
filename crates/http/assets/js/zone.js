// A new class is in the time zone of its teacher's device, unless somebody says otherwise.
const field = document.querySelector("[data-new-class] [name=time_zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (field && zone && field.value === field.defaultValue && field.getAttribute("aria-invalid") !== "true") field.value = zone;
