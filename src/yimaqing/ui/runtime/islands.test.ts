import { afterEach, expect, test, vi } from "vitest";
import { islandNames, type Loader, mountWhenSeen } from "./islands";

const load: Loader = async () => ({ mount: () => undefined });

afterEach(() => vi.unstubAllGlobals());

test("an island is named by its domain and file", () => {
  const names = islandNames({
    "../../domains/cockpit/islands/trend.ts": load,
    "../../domains/cockpit/islands/trend.test.ts": load,
  });
  expect([...names.keys()]).toEqual(["cockpit/trend"]);
});

/** A page with one island below the window; the events that it hears, and how often it mounted. */
function pageWithAnIsland(desk: boolean) {
  const heard = new Map<string, () => void>();
  const mount = vi.fn();
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      observe() {}
      unobserve() {}
    },
  );
  vi.stubGlobal("window", {
    addEventListener: (name: string, hear: () => void) => heard.set(name, hear),
    matchMedia: () => ({ matches: desk }),
    requestIdleCallback: (work: () => void) => heard.set("idle", work),
  });
  const host = {
    dataset: { island: "cockpit/trend" },
    isConnected: true,
    querySelector: () => null,
  };
  const root = { querySelectorAll: () => [host] } as unknown as ParentNode;
  mountWhenSeen(root, new Map([["cockpit/trend", async () => ({ mount })]]));
  return { heard, mount };
}

test("on a desk an island is drawn without being scrolled to, on a phone it waits", async () => {
  const desk = pageWithAnIsland(true);
  desk.heard.get("idle")?.();
  await vi.waitFor(() => expect(desk.mount).toHaveBeenCalledOnce());
  expect(pageWithAnIsland(false).heard.has("idle")).toBe(false);
});

test("on paper every island shows, once", async () => {
  const { heard, mount } = pageWithAnIsland(true);
  heard.get("beforeprint")?.();
  heard.get("idle")?.();
  await vi.waitFor(() => expect(mount).toHaveBeenCalledOnce());
});
