// The page's only script: loads the application's module and starts it. Editor, terminal and graph come later, lazily.

import init from "ide-app";
import module from "ide-app/wasm";

import { countActs } from "./acts";
import { watchForCrashes } from "./crash";

watchForCrashes();
countActs();

await init({ module_or_path: new URL(module, import.meta.url) });
