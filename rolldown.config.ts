/** One file that runs on Node 26 without node_modules: dist/twilio-emergency.mjs. */
import type { BuildOptions } from "rolldown";
import { licences } from "./scripts/licences.ts";

const REQUIRED_LATE = /\bcreateRequire\(import\.meta\.url\)\(("[^"]+")\)/g;

/** Of undici what we call: the whole package loads fetch, WebSockets, caches and mocks, a third of the bundle. */
const UNDICI = `
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import methods from "undici/lib/api/index.js";
Object.assign(Dispatcher.prototype, methods);
export { default as Agent } from "undici/lib/dispatcher/agent.js";
export { default as ProxyAgent } from "undici/lib/dispatcher/proxy-agent.js";
// For parts of client-node that are left out when nothing calls them.
export const { fetch } = globalThis;`;

const config = {
  input: "src/cli.ts",
  platform: "node",
  // Debug prints in colours if this happens to be installed, for whomever: it is nobody's dependency.
  resolve: { alias: { "supports-color": false } },
  // The client of the API server is our own: without this every model class of the package is loaded, 15 MB of memory.
  treeshake: {
    moduleSideEffects: [{ test: /node_modules\/@kubernetes\/client-node\//, sideEffects: false }],
  },
  plugins: [
    {
      // The bundler follows a plain require(); what createRequire() makes it leaves to be found in node_modules.
      name: "follow-create-require",
      transform: {
        filter: { id: /\/src\/.*\.ts$/, code: "createRequire(import.meta.url)(" },
        handler: (code) => ({ code: code.replaceAll(REQUIRED_LATE, "require($1)"), map: null }),
      },
    },
    {
      name: "undici-in-part",
      resolveId: { filter: { id: /^undici$/ }, handler: () => "\0undici" },
      load: { filter: { id: /^\0undici$/ }, handler: () => UNDICI },
    },
    licences(),
  ],
  output: {
    file: "dist/twilio-emergency.mjs",
    format: "esm",
    codeSplitting: false,
    // Half the size, a third less time to start; stacks are for --log-level debug.
    minify: true,
  },
} satisfies BuildOptions;
export default config;
