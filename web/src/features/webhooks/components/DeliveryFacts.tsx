import { useTranslation } from "react-i18next";
import { BodyText } from "../../../ui/BodyText";
import { CopyText } from "../../../ui/CopyText";
import { TimeText, useFormat } from "../../../ui/format";
import { Tag } from "../../../ui/Tag";
import { type Delivery, isGood } from "../api";

export function OutcomeTag({ delivery }: { delivery: Delivery }) {
  const { t, i18n } = useTranslation("webhooks");
  const key = `outcome.${delivery.Outcome}`;
  const good = isGood(delivery.Outcome);
  const status = delivery.Status ? ` · ${delivery.Status}` : "";
  return (
    <Tag tone={good ? "success" : "danger"}>
      {i18n.exists(key, { ns: "webhooks" }) ? t(key) : delivery.Outcome}
      {status}
    </Tag>
  );
}

/** How long a request took: less than one is not nothing. */
export const took = (format: ReturnType<typeof useFormat>, { Millis }: Delivery) =>
  `${Millis < 1 ? "< 1" : format.number(Millis)} ms`;

/** One request and its answer, whole. */
export function DeliveryFacts({ delivery }: { delivery: Delivery }) {
  const { t, i18n } = useTranslation("webhooks");
  const cure = `cure.${delivery.Outcome}`;
  const format = useFormat();
  return (
    <div className="stack">
      <div className="row">
        <OutcomeTag delivery={delivery} />
        <code>{delivery.Command}</code>
      </div>
      {!isGood(delivery.Outcome) && (
        <p className="quiet">{t(i18n.exists(cure, { ns: "webhooks" }) ? cure : "cure.other")}</p>
      )}
      <dl className="facts">
        <div>
          <dt>{t("log.time")}</dt>
          <dd>
            <TimeText at={Math.floor(delivery.Time / 1000)} exact />
          </dd>
        </div>
        <div>
          <dt>{t("log.took")}</dt>
          <dd>{took(format, delivery)}</dd>
        </div>
        <div>
          <dt>{t("log.attempt")}</dt>
          <dd>{format.number(delivery.Attempt)}</dd>
        </div>
        <div>
          <dt>{t("log.event")}</dt>
          <dd>
            <CopyText text={delivery.EventId} />
          </dd>
        </div>
        <div className="facts__wide">
          <dt>URL</dt>
          <dd>
            <CopyText text={delivery.Url} />
          </dd>
        </div>
      </dl>
      {/* Why it failed comes first. */}
      {!isGood(delivery.Outcome) && (
        <BodyText title={t("log.answer")} text={delivery.Answer} none={t("log.noAnswer")} />
      )}
      <BodyText title={t("log.request")} text={delivery.Request} none={t("log.noRequest")} />
      {isGood(delivery.Outcome) && <BodyText title={t("log.answer")} text={delivery.Answer} none={t("log.noAnswer")} />}
    </div>
  );
}
