import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Request } from "../../../api/client";
import { useRead } from "../../../api/hooks";
import { Button } from "../../../ui/Button";
import { ErrorNote } from "../../../ui/ErrorNote";
import { Checkbox, ChoiceField, SelectField, TextField } from "../../../ui/Field";
import { TimeText, useFormat } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { SettingCard } from "../../../ui/Page";
import { say } from "../../../ui/Toasts";
import { type App, type Plans, useOrder } from "../api";
import { useLimitName } from "./names";

type Choice = "Pro" | "Flagship" | "same";
type AddOns = NonNullable<Request<"im/CreatePlanOrder">["AddOns"]>;
const RANK = { Trial: 0, Pro: 1, Flagship: 2 };

/** Plan, add-ons and period at the left; the estimate and the terms at the right. Empty again after an order. */
export function OrderForm({ app, plans }: { app: App; plans: Plans }) {
  const [orders, setOrders] = useState(0);
  return <OrderFields key={orders} app={app} plans={plans} onDone={() => setOrders(orders + 1)} />;
}

function OrderFields({ app, plans, onDone }: { app: App; plans: Plans; onDone: () => void }) {
  const { t } = useTranslation("apps");
  const names = useLimitName();
  const later = app.PlanChangeableFrom > Date.now() / 1000;
  const [choice, setChoice] = useState<Choice>(
    app.Plan === "Trial" ? "Pro" : app.Status === "expired" ? app.Plan : "same",
  );
  const [months, setMonths] = useState(plans.MinMonths);
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [unlimited, setUnlimited] = useState(false);
  const plan = choice === "same" ? undefined : choice;
  const left = app.Status === "enabled" && app.ExpireTime > Date.now() / 1000;
  const ranges = plans.AddOns.filter((one) => one.Plan === (plan ?? app.Plan));
  const addOns: Record<string, number | boolean> = {};
  let wrong = false;
  for (const { Name, Min, Max } of ranges) {
    const text = texts[Name] ?? "";
    if (Name === "AVChatRooms") {
      if (unlimited) addOns[Name] = true;
    } else if (text) {
      addOns[Name] = Number(text);
      wrong ||= !Number.isInteger(Number(text)) || Number(text) < Min || Number(text) > Max;
    }
  }
  const options = (["Pro", "Flagship"] as const).map((value) => ({
    value: value as Choice,
    label: t(`app.plan.${value}`),
    about: app.Plan === value ? t("order.renewAbout") : t(`order.about.${value}`),
    disabled: later && app.Plan !== value && RANK[app.Plan] > 0,
  }));
  return (
    <div className="order">
      <SettingCard title={t("order.title")}>
        <div className="form">
          <ChoiceField<Choice>
            label={t("plan")}
            value={choice}
            onChange={setChoice}
            options={[
              ...options,
              ...(app.Plan === "Trial"
                ? []
                : [
                    {
                      value: "same" as Choice,
                      label: t("order.same"),
                      about: t("order.sameAbout"),
                      disabled: app.Status === "expired",
                    },
                  ]),
            ]}
            hint={
              later ? (
                <>
                  {t("order.later")} <TimeText at={app.PlanChangeableFrom} dateOnly />
                </>
              ) : (
                t("order.oncePerMonth")
              )
            }
          />
          {ranges.length > 0 && (
            <div className="form__pair">
              {ranges.map(({ Name, Min, Max }) =>
                Name === "AVChatRooms" ? (
                  <Checkbox key={Name} checked={unlimited} onChange={setUnlimited} label={names.addOn(Name)} />
                ) : (
                  <TextField
                    key={Name}
                    label={names.addOn(Name)}
                    hint={t("order.range", { min: Min, max: Max })}
                    inputMode="numeric"
                    value={texts[Name] ?? ""}
                    onChange={(text) => setTexts({ ...texts, [Name]: text.replace(/\D/g, "") })}
                    error={
                      texts[Name] && (Number(texts[Name]) < Min || Number(texts[Name]) > Max)
                        ? t("field.outOfRange", { min: Min, max: Max })
                        : undefined
                    }
                  />
                ),
              )}
            </div>
          )}
          {plan ? (
            <SelectField
              label={t("order.months")}
              value={months}
              onChange={setMonths}
              options={Array.from({ length: plans.MaxMonths - plans.MinMonths + 1 }, (_, index) => ({
                value: plans.MinMonths + index,
                label: t("order.monthCount", { count: plans.MinMonths + index }),
              }))}
            />
          ) : (
            <Note>{t("order.withPlan")}</Note>
          )}
          {plan && plan !== app.Plan && left && <Note>{t("order.keepsTime")}</Note>}
        </div>
      </SettingCard>
      <Summary
        app={app}
        onDone={onDone}
        wrong={wrong || (!plan && Object.keys(addOns).length === 0)}
        request={{ SDKAppID: app.SDKAppID, Plan: plan, AddOns: addOns as AddOns, Months: plan ? months : undefined }}
      />
    </div>
  );
}

interface SummaryProps {
  app: App;
  request: Request<"im/DescribePlanPrice">;
  wrong: boolean;
  onDone: () => void;
}

function Summary({ app, request, wrong, onDone }: SummaryProps) {
  const { t } = useTranslation("apps");
  const format = useFormat();
  const names = useLimitName();
  // Untouched, it follows the app's own switch.
  const [renew, setRenew] = useState<boolean>();
  const autoRenew = renew ?? app.AutoRenew;
  const [terms, setTerms] = useState(false);
  const price = useRead("im/DescribePlanPrice", request, { enabled: !wrong, keep: true });
  const order = useOrder();
  const place = () =>
    order.mutate(
      { ...request, AutoRenew: request.Plan ? autoRenew : undefined, AcceptTerms: terms },
      {
        onSuccess: () => {
          say(t("order.done"));
          onDone();
        },
      },
    );
  return (
    <div className="order__sum">
      <SettingCard title={t("order.estimate")}>
        <div className="stack">
          {wrong && <p className="quiet">{t("order.nothing")}</p>}
          {!wrong && price.error && <ErrorNote error={price.error} />}
          {!wrong && price.data && (
            <>
              {price.data.Items.map((item) => (
                <p key={item.Name} className="order__line">
                  <span>
                    {item.Name === "Pro" || item.Name === "Flagship"
                      ? t(`app.plan.${item.Name}`)
                      : item.Name === "Credit"
                        ? t("order.credit")
                        : names.addOn(item.Name)}
                  </span>
                  <span>{format.money(item.Amount, price.data.Currency)}</span>
                </p>
              ))}
              <p className="order__line order__total">
                <span>{t("order.total")}</span>
                <span>{format.money(price.data.Amount, price.data.Currency)}</span>
              </p>
              <p className="order__line">
                <span className="quiet">{t("order.until")}</span>
                <TimeText at={price.data.ExpireTime} dateOnly />
              </p>
            </>
          )}
          <Note>{t("order.free")}</Note>
          {request.Plan && <Checkbox checked={autoRenew} onChange={setRenew} label={t("upgrade.renew")} />}
          <Checkbox checked={terms} onChange={setTerms} label={t("order.terms")} />
          {order.error && <ErrorNote error={order.error} />}
          <Locked action="im:CreatePlanOrder" app={app.SDKAppID}>
            {(lock) => (
              <Button
                kind="primary"
                block
                busy={order.isPending}
                title={lock.title}
                disabled={wrong || !terms || lock.disabled}
                onClick={place}
              >
                {t("order.submit")}
              </Button>
            )}
          </Locked>
        </div>
      </SettingCard>
    </div>
  );
}
