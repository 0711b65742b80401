// Opens the print dialog once all pictures of the pages are there.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
const pictures = [...document.querySelectorAll(".leaf img")];
for (const picture of pictures) picture.loading = "eager";
Promise.all(pictures.map((picture) => picture.decode().catch(() => {}))).then(() => print());
