// The measurements that need a browser; `cargo xtask bench` runs them.
import { defineConfig } from "@playwright/test";

import journeys from "../playwright.config.ts";

export default defineConfig(journeys, { testDir: ".", timeout: 600_000 });
