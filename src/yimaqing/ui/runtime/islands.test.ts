import { expect, test } from "vitest";
import { islandNames, type Loader } from "./islands";

const load: Loader = async () => ({ mount: () => undefined });

test("an island is named by its domain and file", () => {
  const names = islandNames({
    "../../domains/cockpit/islands/trend.ts": load,
    "../../domains/cockpit/islands/trend.test.ts": load,
  });
  expect([...names.keys()]).toEqual(["cockpit/trend"]);
});
