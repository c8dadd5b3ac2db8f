// A form that is answered here: by its button, or by Enter in one of its fields. The browser submits none in a sandboxed frame.

/** @param {HTMLFormElement} form  @param {HTMLButtonElement} button of type "button"  @param {() => void} act */
export function onSubmit(form, button, act) {
  button.addEventListener("click", act);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    act();
  });
}
