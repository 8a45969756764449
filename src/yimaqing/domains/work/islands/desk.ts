/** The desk by keyboard: x selects the line that j and k lead to; an opened line is marked. */
import { isTyping } from "../../../ui/runtime/keys";

const ROW = "tbody > tr";
const THREE_PANES = "(min-width: 80rem)";

/** The checkbox of the line that has the focus; null when none has it. */
export function boxOf(focused: Element | null): HTMLInputElement | null {
  return focused?.closest(ROW)?.querySelector<HTMLInputElement>("input[type=checkbox]") ?? null;
}

export function mount(host: HTMLElement): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = boxOf(document.activeElement);
    const typing = isTyping(event.target) && event.target !== box;
    if (!box || typing || !host.contains(box)) return;
    event.preventDefault();
    box.checked = !box.checked;
  };
  const onOpened = (event: Event) => {
    const part = event.target instanceof Element ? event.target : null;
    const opened = part?.querySelector<HTMLElement>("article[data-todo]");
    if (part?.id !== "opened" || !opened) return;
    host.classList.add("desk-open");
    for (const row of host.querySelectorAll(ROW)) {
      const number = row.querySelector<HTMLInputElement>("input[type=checkbox]")?.value;
      if (number === opened.dataset.todo) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    if (!window.matchMedia(THREE_PANES).matches) {
      window.scrollTo(0, 0);
      opened.focus({ preventScroll: true });
    }
  };
  document.addEventListener("keydown", onKey);
  host.addEventListener("htmx:afterSwap", onOpened);
  return () => {
    document.removeEventListener("keydown", onKey);
    host.removeEventListener("htmx:afterSwap", onOpened);
  };
}
