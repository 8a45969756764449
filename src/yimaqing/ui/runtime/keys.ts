/** Keyboard and small page behaviour that needs no island. */

/** Whether a key press belongs to the field that is being typed into. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches("input, select, textarea, [contenteditable]")
  );
}

/** The definition that `?` opens: of the figure in focus, else the first on the page. */
export function definitionFor(
  focused: Element | null,
  page: ParentNode,
): HTMLDetailsElement | null {
  const near = focused?.closest("[data-figure]");
  return (near ?? page).querySelector<HTMLDetailsElement>("details.definition");
}

/** Wires `?` (definition), Escape (closes sheets) and `data-opens` (dialogs). */
export function installKeys(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeSheets(page, null);
    if (event.key !== "?" || isTyping(event.target)) return;
    const definition = definitionFor(page.activeElement, page);
    if (!definition) return;
    event.preventDefault();
    definition.open = !definition.open;
  });
  page.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    closeSheets(page, target);
    openDialog(page, target?.closest("[data-opens], [data-closes]") ?? null);
  });
}

function closeSheets(page: Document, except: Element | null): void {
  for (const sheet of page.querySelectorAll<HTMLDetailsElement>(
    "details.menu[open], details.definition[open]",
  )) {
    if (!except || !sheet.contains(except)) sheet.open = false;
  }
}

function openDialog(page: Document, button: Element | null): void {
  const opens = button?.getAttribute("data-opens");
  if (opens) page.querySelector<HTMLDialogElement>(`#${CSS.escape(opens)}`)?.showModal();
  if (button?.hasAttribute("data-closes")) button.closest("dialog")?.close();
}
