/**
 * Islands: a page part that needs a script names it, `<div data-island="cockpit/trend">`,
 * and carries its data in a `<script type="application/json">` child. The module lives in
 * `domains/<domain>/islands/<name>.ts`, exports `mount`, and loads only where it is named.
 */
export interface IslandModule {
  /** Draws into `host`; the function it returns is called before the host leaves the page. */
  mount(host: HTMLElement, props: unknown): (() => void) | undefined;
}

export type Loader = () => Promise<IslandModule>;

/** `../../domains/cockpit/islands/trend.ts` → `cockpit/trend`; tests are left out. */
export function islandNames(modules: Record<string, Loader>): Map<string, Loader> {
  const found = new Map<string, Loader>();
  for (const [path, load] of Object.entries(modules)) {
    const match = /domains\/([^/]+)\/islands\/([^/.]+)\.ts$/.exec(path);
    if (match) found.set(`${match[1]}/${match[2]}`, load);
  }
  return found;
}

/** The island's data; null when it has none. */
export function propsOf(host: Element): unknown {
  const text = host.querySelector(':scope > script[type="application/json"]')?.textContent;
  return text ? JSON.parse(text) : null;
}

const mounted = new WeakMap<Element, () => void>();

const NEAR = "200px"; // a scroll away: drawn before it is looked at
const DESK = "(min-width: 48rem)";
const IDLE = 1000; // ms
const awaited = new WeakSet<Element>();

/**
 * Mounts each island under `root` once it comes near the window, so that a page's figures are
 * painted before any island's script is. What a phone's reader does not reach is not loaded; on a
 * desk the rest follows when the page has nothing else to do, and on paper all of it shows.
 */
export function mountWhenSeen(root: ParentNode, islands: Map<string, Loader>): void {
  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting || !(target instanceof HTMLElement)) continue;
        watch.unobserve(target);
        void mountOne(target, islands);
      }
    },
    { rootMargin: NEAR },
  );
  const waiting: HTMLElement[] = [];
  for (const host of root.querySelectorAll<HTMLElement>("[data-island]")) {
    if (awaited.has(host)) continue;
    awaited.add(host);
    waiting.push(host);
    watch.observe(host);
  }
  if (!waiting.length) return;
  const mountRest = () => {
    for (const host of waiting) {
      watch.unobserve(host);
      if (host.isConnected) void mountOne(host, islands);
    }
  };
  window.addEventListener("beforeprint", mountRest, { once: true });
  if (window.matchMedia(DESK).matches) whenIdle(mountRest);
}

/** Safari has no idle callback. */
function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in window) window.requestIdleCallback(work, { timeout: IDLE });
  else setTimeout(work, IDLE);
}

async function mountOne(host: HTMLElement, islands: Map<string, Loader>): Promise<void> {
  if (mounted.has(host)) return;
  const name = host.dataset.island ?? "";
  const load = islands.get(name);
  if (!load) throw new Error(`no island is named ${name}`);
  mounted.set(host, () => undefined);
  const module = await load();
  const leave = module.mount(host, propsOf(host));
  mounted.set(host, leave ?? (() => undefined));
}

/** Lets every island under `root` go. */
export function unmountIslands(root: Element): void {
  for (const host of [root, ...root.querySelectorAll("[data-island]")]) {
    mounted.get(host)?.();
    mounted.delete(host);
  }
}
