// Rows of big buttons, one tap each.

/** Fill a box with a button for each [label, value, spoken]; a tap calls `take(value)`. */
export function offer(box, choices, take) {
  box.replaceChildren(...choices.map(([label, value, spoken]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    if (spoken !== undefined) button.setAttribute("aria-label", spoken);
    button.addEventListener("click", () => take(value));
    return button;
  }));
}
