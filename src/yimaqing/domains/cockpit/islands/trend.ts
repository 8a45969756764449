import { LineChart } from "echarts/charts";
import { DataZoomSliderComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { chartOption, type Look, type Point, type TrendProps } from "./trend/series";

use([LineChart, GridComponent, TooltipComponent, DataZoomSliderComponent, SVGRenderer]);

/** Draws the monthly figures of the measure that the page shows, with a time slider. */
export function mount(host: HTMLElement, data: unknown): () => void {
  const props = data as TrendProps;
  const gone = new AbortController();
  let leave = () => undefined as undefined;
  fetch(props.source, { signal: gone.signal, headers: { Accept: "application/json" } })
    .then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status}`);
      return answer.json() as Promise<{ points: Point[] }>;
    })
    .then(({ points }) => {
      leave = draw(host, points, props);
    })
    .catch((error: unknown) => {
      if (!gone.signal.aborted) say(host, props.failed);
      if (!gone.signal.aborted) console.error(error);
    });
  return () => {
    gone.abort();
    leave();
  };
}

function draw(host: HTMLElement, points: Point[], props: TrendProps): () => undefined {
  if (points.length < 2) {
    say(host, points.length ? props.short : props.none);
    return () => undefined;
  }
  const canvas = document.createElement("div");
  canvas.className = "trend-canvas";
  host.querySelector("p")?.replaceWith(canvas);
  const chart = init(canvas, undefined, { renderer: "svg" });
  const chinese = document.documentElement.lang.startsWith("zh");
  let look = lookOf(props);
  chart.setOption(chartOption(points, props, look, chinese));
  const watch = new ResizeObserver(() => {
    const now = lookOf(props);
    // A wall's letters follow the window, as when it goes full screen.
    if (now.fontSize !== look.fontSize) chart.setOption(chartOption(points, props, now, chinese));
    look = now;
    chart.resize();
  });
  watch.observe(canvas);
  return () => {
    watch.disconnect();
    chart.dispose();
    return undefined;
  };
}

function say(host: HTMLElement, text: string): void {
  const line = host.querySelector("p");
  if (line) line.textContent = text;
  host.classList.add("trend-told");
}

/** Colours and sizes as the page has them now: ordinary, wall, large type. */
function lookOf(props: TrendProps): Look {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const wall = document.documentElement.dataset.tone === "wall";
  return {
    ink: token("ink"),
    muted: token("muted"),
    line: token("line"),
    ground: token("ground"),
    tint: token("accent-tint"),
    stroke: token(props.colour),
    fontSize: Math.max(12, Math.round(Number.parseFloat(style.fontSize) * (wall ? 1 : 0.8125))),
    slider: !wall,
  };
}
