/** The desk by keyboard: x selects the line that j and k lead to; an opened line is marked, and
 * stays so when the list renews itself. */
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
  const onSwapped = (event: Event) => {
    const part = event.target instanceof Element ? event.target : null;
    const opened = host.querySelector<HTMLElement>("#opened article[data-todo]");
    if (!opened || (part?.id !== "opened" && part?.id !== "list")) return;
    for (const row of host.querySelectorAll(ROW)) {
      const number = row.querySelector<HTMLInputElement>("input[type=checkbox]")?.value;
      if (number === opened.dataset.todo) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    if (part.id === "list") return;
    host.classList.add("desk-open");
    if (!window.matchMedia(THREE_PANES).matches) {
      window.scrollTo(0, 0);
      opened.focus({ preventScroll: true });
    }
  };
  // What is ticked would be lost: the list waits until it is decided.
  const onAsk = (event: Event) => {
    const asks = event.target instanceof Element && event.target.id === "desk-news";
    if (asks && host.querySelector("tbody input:checked")) event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  host.addEventListener("htmx:beforeRequest", onAsk);
  host.addEventListener("htmx:afterSwap", onSwapped);
  return () => {
    document.removeEventListener("keydown", onKey);
    host.removeEventListener("htmx:beforeRequest", onAsk);
    host.removeEventListener("htmx:afterSwap", onSwapped);
  };
}
