import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vitest/config";

const source = resolve(import.meta.dirname, "src/yimaqing");

/** Every file in ui/entries is an entry point, named as its file: `{% vite "app" %}`. */
const entries = Object.fromEntries(
  readdirSync(resolve(source, "ui/entries"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [file.replace(/\.ts$/, ""), resolve(source, "ui/entries", file)]),
);

export default defineConfig({
  base: "/static/build/",
  root: source,
  publicDir: false,
  plugins: [tailwindcss()],
  build: {
    outDir: resolve(source, "ui/static/build"),
    emptyOutDir: true,
    manifest: "manifest.json",
    // Office desktops still run Chromium 109 (the last for Windows 7) and its domestic relatives.
    target: ["chrome109", "safari16", "firefox115"],
    modulePreload: { polyfill: false },
    rolldownOptions: { input: entries },
    chunkSizeWarningLimit: 700,
  },
  test: {
    root: source,
    include: ["**/islands/**/*.test.ts", "ui/**/*.test.ts"],
  },
});
