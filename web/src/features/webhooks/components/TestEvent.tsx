import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../../ui/Dialog";
import { ErrorNote } from "../../../ui/ErrorNote";
import { Skeleton } from "../../../ui/Skeleton";
import { useTest } from "../api";
import { useCommandName } from "../useCommandName";
import { DeliveryFacts } from "./DeliveryFacts";

/** Sends a sample of an event at once and shows what came of it. */
export function TestEvent({ app, command, onClose }: { app: number; command: string; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const nameOf = useCommandName();
  const test = useTest();
  const begun = useRef(false);
  const send = () => test.mutate({ SDKAppID: app, Command: command });
  // Once, when it is opened.
  useEffect(() => {
    if (!begun.current) send();
    begun.current = true;
  }, []);
  return (
    <Dialog title={t("test.of", { name: nameOf(command) })} width={720} onClose={onClose}>
      {test.error ? (
        <ErrorNote error={test.error} onRetry={send} />
      ) : test.data ? (
        <DeliveryFacts delivery={test.data} />
      ) : (
        <Skeleton rows={4} />
      )}
    </Dialog>
  );
}
