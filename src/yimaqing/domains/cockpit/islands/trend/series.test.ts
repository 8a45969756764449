import { expect, test } from "vitest";
import { axisWidth, chartOption, lineValues, monthLabel, type Point, sliderStart } from "./series";

const july: Point = { as_of: "2020-07-31", value: 12, known: 90, reported: 3 };
const august: Point = { as_of: "2020-08-31", value: 0, known: 0, reported: 0 };
const props = {
  source: "",
  label: "红色预警户",
  unit: "户",
  colour: "red" as const,
  reported: "已报村",
  short: "",
  none: "",
  failed: "",
};
const look = {
  ink: "#000",
  muted: "#555",
  line: "#ddd",
  ground: "#fff",
  tint: "#eef",
  stroke: "#b00",
  fontSize: 13,
  slider: true,
};

test("months read as a Chinese office writes them", () => {
  expect(monthLabel("2020-07-31", true)).toBe("2020年7月");
  expect(monthLabel("2020-07-31", false)).toBe("2020-07");
});

test("a month that nobody reported is a gap, not a zero", () => {
  expect(lineValues([july, august])).toEqual([12, null]);
  expect(lineValues([july, { ...august, reported: 2 }])).toEqual([12, 0]);
});

test("the slider opens on the newest two years", () => {
  expect(sliderStart(12, 24)).toBe(0);
  expect(sliderStart(48, 24)).toBe(50);
});

test("the tooltip says how many villages reported", () => {
  const option = chartOption([july], props, look, true);
  expect(option.tooltip.formatter([{ dataIndex: 0 }])).toBe("2020-07-31<br>12 户<br>已报村 3");
});

test("the value axis leaves room for its largest number", () => {
  const wide = axisWidth([{ ...july, value: 190_000 }], 24);
  expect(wide).toBeGreaterThan(axisWidth([july], 24));
  expect(wide).toBeGreaterThanOrEqual("228,000".length * 24 * 0.6);
});

test("a wall has no slider", () => {
  expect(chartOption([july], props, { ...look, slider: false }, true).dataZoom).toEqual([]);
});
