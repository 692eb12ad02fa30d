import { useTranslation } from "react-i18next";
import { BodyText } from "../../../ui/BodyText";
import { CopyButton, CopyText } from "../../../ui/CopyText";
import { Dialog } from "../../../ui/Dialog";
import { TimeText } from "../../../ui/format";
import { type Caught, curl } from "../api";

/** One request, whole: where it would have gone, its headers and its body. */
export function RequestFacts({ request, onClose }: { request: Caught; onClose: () => void }) {
  const { t } = useTranslation("inbox");
  return (
    <Dialog title={request.Name} at="right" width={720} onClose={onClose}>
      <div className="stack">
        <dl className="facts">
          <div>
            <dt>{t("time")}</dt>
            <dd>
              <TimeText at={request.Time / 1000} />
            </dd>
          </div>
          <div>
            <dt>{t("kind")}</dt>
            <dd>{t(`kinds.${request.Kind}`)}</dd>
          </div>
          {request.UserID && (
            <div>
              <dt>{t("user")}</dt>
              <dd>
                <CopyText text={request.UserID} />
              </dd>
            </div>
          )}
          <div className="facts__wide">
            <dt>URL</dt>
            <dd>
              <CopyText text={request.Url} />
            </dd>
          </div>
          <div>
            <dt>{t("curl")}</dt>
            <dd>
              <CopyButton text={curl(request)} label={t("copyCurl")} />
            </dd>
          </div>
        </dl>
        <BodyText
          title={t("headers")}
          text={request.Headers.map(({ Name, Value }) => `${Name}: ${Value}`).join("\n")}
          none={t("none")}
        />
        <BodyText title={t("body")} text={request.Body} none={t("none")} />
      </div>
    </Dialog>
  );
}
