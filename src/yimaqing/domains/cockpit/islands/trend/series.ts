/** Pure parts of the trend: what the server sends, and the chart that is made of it. */
export interface Point {
  as_of: string;
  value: number;
  known: number;
  reported: number;
}

export interface TrendProps {
  source: string;
  label: string;
  unit: string;
  colour: "accent" | "red" | "orange" | "yellow";
  reported: string;
  short: string;
  none: string;
  failed: string;
}

export interface Look {
  ink: string;
  muted: string;
  line: string;
  ground: string;
  tint: string;
  stroke: string;
  fontSize: number;
  slider: boolean;
}

/** 2020-07-31 → 2020年7月 in Chinese, 2020-07 otherwise. */
export function monthLabel(day: string, chinese: boolean): string {
  const [year = "", month = ""] = day.split("-");
  return chinese ? `${year}年${Number(month)}月` : `${year}-${month}`;
}

/** Where the slider starts: the last `shown` points, as a percentage of all. */
export function sliderStart(count: number, shown: number): number {
  return count <= shown ? 0 : Math.round(((count - shown) / count) * 100);
}

/** A month without any report is a gap in the line, never a zero. */
export function lineValues(points: Point[]): (number | null)[] {
  return points.map((point) => (point.reported > 0 ? point.value : null));
}

/** The chart, as ECharts takes it. */
export function chartOption(points: Point[], props: TrendProps, look: Look, chinese: boolean) {
  const text = { color: look.muted, fontSize: look.fontSize };
  return {
    animation: false, // a wall stays still, and a desk shows the figures at once
    textStyle: { fontFamily: "inherit" },
    grid: {
      left: axisWidth(points, look.fontSize),
      right: 24,
      top: 16,
      bottom: look.fontSize * 1.5 + (look.slider ? 48 : 8),
      containLabel: false,
    },
    xAxis: {
      type: "category" as const,
      data: points.map((point) => monthLabel(point.as_of, chinese)),
      axisLine: { lineStyle: { color: look.line } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true },
    },
    yAxis: {
      type: "value" as const,
      minInterval: 1,
      splitNumber: look.slider ? 4 : 2,
      splitLine: { lineStyle: { color: look.line } },
      axisLabel: text,
    },
    tooltip: {
      trigger: "axis" as const,
      backgroundColor: look.ground,
      borderColor: look.line,
      textStyle: { color: look.ink, fontSize: look.fontSize },
      formatter: (hits: unknown) => tooltip(hits, points, props),
    },
    dataZoom: look.slider
      ? [
          {
            type: "slider" as const,
            start: sliderStart(points.length, 24),
            end: 100,
            height: 28,
            bottom: 4,
            borderColor: look.line,
            backgroundColor: look.ground,
            fillerColor: look.tint,
            handleStyle: { color: look.ground, borderColor: look.muted },
            moveHandleStyle: { color: look.line },
            dataBackground: plainBackground(look),
            selectedDataBackground: plainBackground(look),
            emphasis: {
              handleStyle: { borderColor: look.ink },
              moveHandleStyle: { color: look.muted },
            },
            textStyle: text,
            brushSelect: false,
          },
        ]
      : [],
    series: [
      {
        type: "line" as const,
        name: props.label,
        data: lineValues(points),
        connectNulls: false,
        symbolSize: Math.max(8, look.fontSize / 3),
        lineStyle: { color: look.stroke, width: Math.max(2, look.fontSize / 12) },
        itemStyle: { color: look.stroke },
      },
    ],
  };
}

/** Room for the longest label of the value axis, in pixels. */
export function axisWidth(points: Point[], fontSize: number): number {
  const largest = Math.max(0, ...points.map((point) => point.value)) * 1.2;
  const label = Math.round(largest).toLocaleString("en-US");
  return Math.round(label.length * fontSize * 0.62) + 12;
}

function plainBackground(look: Look) {
  return {
    lineStyle: { color: look.muted, width: 1 },
    areaStyle: { color: look.line, opacity: 0.4 },
  };
}

function tooltip(hits: unknown, points: Point[], props: TrendProps): string {
  const first = Array.isArray(hits) ? (hits[0] as { dataIndex: number }) : undefined;
  const point = first && points[first.dataIndex];
  if (!point) return "";
  return `${point.as_of}<br>${point.value.toLocaleString("en-US")} ${props.unit}<br>${props.reported} ${point.reported}`;
}
