import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// What is waited for comes at once; a second, the usual limit, may pass on a busy machine before it does.
configure({ asyncUtilTimeout: 30_000 });
afterEach(cleanup);
