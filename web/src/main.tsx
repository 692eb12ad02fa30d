import "./theme";
import "tdesign-react/es/style/css.js";
import "./styles/frame.css";
// After the frame: what it says about narrow screens holds for the frame too.
import "./styles/app.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { setupI18n } from "./i18n";
import { queryClient, router } from "./router";

// A page opened before an upgrade asks for files that are gone: a reload, once, brings the new ones. Where the server
// does not answer either, a reload would lead out of the console: the page says so in its frame, with Retry.
addEventListener("vite:preloadError", () => {
  const last = Number(sessionStorage.getItem("sodam.reloaded") ?? 0);
  if (Date.now() - last < 10_000) return;
  fetch("/console/", { cache: "no-store" }).then(
    (answer) => {
      if (!answer.ok) return;
      sessionStorage.setItem("sodam.reloaded", String(Date.now()));
      location.reload();
    },
    () => undefined,
  );
});

await setupI18n();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
