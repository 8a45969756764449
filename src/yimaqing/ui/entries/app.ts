import "../styles/app.css";
import htmx from "htmx.org";
import { islandNames, type Loader, mountWhenSeen, unmountIslands } from "../runtime/islands";
import { installKeys, reachFrames } from "../runtime/keys";

// The content policy forbids inline styles and eval; HTMX needs neither.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.scrollBehavior = "auto";

const islands = islandNames(
  import.meta.glob(["../../domains/*/islands/*.ts", "!**/*.test.ts"]) as Record<string, Loader>,
);

installKeys(document);
htmx.onLoad((part) => {
  mountWhenSeen(part.parentElement ?? document, islands);
  reachFrames(part.parentElement ?? document);
});
document.addEventListener("htmx:beforeCleanupElement", (event) => {
  if (event.target instanceof Element) unmountIslands(event.target);
});
