// <form data-verify-drop enctype="multipart/form-data"> with a file input: files let go on the form are put into the input
// and the form is sent as if chosen by hand. Without the script, choose and press the button.
import { behaviour } from "./behaviour.js";

behaviour("form[data-verify-drop]", (form) => {
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector("[data-drop-zone]") || form;

  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  });
  form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) zone.classList.remove("is-over"); });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    submit();
  });
  input.addEventListener("change", () => { if (input.files.length) submit(); });

  function submit() {
    zone.setAttribute("aria-busy", "true");
    form.submit();
  }
});
