import { expect, test } from "vitest";
import { lineAfter } from "./keys";

test("the first press of j chooses the first line, of k the last", () => {
  expect(lineAfter(-1, 1, 5)).toBe(0);
  expect(lineAfter(-1, -1, 5)).toBe(4);
});

test("the keys stop at both ends", () => {
  expect(lineAfter(4, 1, 5)).toBe(4);
  expect(lineAfter(0, -1, 5)).toBe(0);
  expect(lineAfter(2, 1, 5)).toBe(3);
});
