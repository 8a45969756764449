/** Keyboard and small page behaviour that needs no island. */

/** What `j` and `k` step through: rows of tables, and lists of cards. */
const LINES = "main .data-table > tbody > tr, main ol > li.card, main ul > li.card";

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

/** The line that `j` (1) and `k` (-1) lead to; before the first press none is chosen. */
export function lineAfter(chosen: number, step: 1 | -1, count: number): number {
  if (chosen < 0) return step > 0 ? 0 : count - 1;
  return Math.min(Math.max(chosen + step, 0), count - 1);
}

/** Wires `?` (definition), `j` and `k` (lines of a list), Escape and `data-opens` (dialogs), `data-picks`. */
export function installKeys(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaveSheets(page);
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") toggleDefinition(page, event);
    if (event.key === "j") chooseLine(page, 1);
    if (event.key === "k") chooseLine(page, -1);
  });
  page.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    closeSheets(page, target);
    openDialog(page, target?.closest("[data-opens], [data-closes]") ?? null);
  });
  page.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement) pickAll(event.target);
  });
}

/** A frame that scrolls and holds nothing to focus is itself a stop for the Tab key. */
export function reachFrames(part: ParentNode): void {
  for (const frame of part.querySelectorAll<HTMLElement>(".table-scroll:not([tabindex])")) {
    const wide = frame.scrollWidth > frame.clientWidth;
    if (wide && !frame.querySelector("a[href], button, input, select, summary")) {
      frame.tabIndex = 0;
    }
  }
}

/** The box in a table's head ticks, or clears, every box of that name below it. */
export function pickAll(box: HTMLInputElement): void {
  const name = box.dataset.picks;
  if (!name) return;
  const boxes = box.closest("table")?.querySelectorAll<HTMLInputElement>("input[type=checkbox]");
  for (const one of boxes ?? []) if (one.name === name) one.checked = box.checked;
}

function toggleDefinition(page: Document, event: Event): void {
  const definition = definitionFor(page.activeElement, page);
  if (!definition) return;
  event.preventDefault();
  definition.open = !definition.open;
}

/** Focuses the next line's link, so that Enter opens it. */
function chooseLine(page: Document, step: 1 | -1): void {
  const lines = linksOfLines(page);
  const chosen = lines.findIndex((link) => lineOf(link)?.contains(page.activeElement));
  const link = lines[lineAfter(chosen, step, lines.length)];
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "nearest" });
}

/** The first visible link of each line of the page's lists. */
export function linksOfLines(page: ParentNode): HTMLElement[] {
  const lines = [...page.querySelectorAll(LINES)];
  return lines
    .map((line) => line.querySelector<HTMLElement>("a[href]"))
    .filter((link): link is HTMLElement => link !== null && link.getClientRects().length > 0);
}

function lineOf(link: Element): Element | null {
  return link.closest(LINES);
}

/** Closes what is open; the focus goes back to what opened it, not to the top of the page. */
function leaveSheets(page: Document): void {
  const opener = page.activeElement?.closest("details.menu[open], details.definition[open]");
  closeSheets(page, null);
  opener?.querySelector("summary")?.focus();
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
