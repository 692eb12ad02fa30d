import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button, LinkButton } from "../../../ui/Button";
import { TimeText, useFormat, utcSeconds } from "../../../ui/format";
import { AddIcon, DeleteIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { useTableState } from "../../../ui/tableState";
import { type Policy, usePolicies } from "../api";
import { PolicyLink } from "../components/columns";
import { DeletePolicies } from "../components/DeletePolicies";

export function Policies() {
  const { t } = useTranslation("access");
  const format = useFormat();
  const state = useTableState();
  const scope = (state.filter("scope") || "All") as "All" | "QCS" | "Local";
  const { data, error, refetch, isPlaceholderData } = usePolicies(state.page, state.size, scope, state.keyword);
  const [deleting, setDeleting] = useState<{ rows: Policy[]; clear: () => void }>();
  const create = (
    <Locked action="cam:CreatePolicy">
      {(lock) => (
        <LinkButton
          to="/access/policies/new"
          kind="primary"
          icon={<AddIcon />}
          aria-disabled={lock.disabled}
          title={lock.title}
        >
          {t("policies.create")}
        </LinkButton>
      )}
    </Locked>
  );
  return (
    <Page
      title={t("nav.policies")}
      lead={t("policies.lead")}
      parents={[{ title: t("nav.access") }]}
      actions={
        <>
          <ApiCallButton
            calls={[
              {
                title: t("policies.list"),
                call: { cloud: "cam/ListPolicies", body: { Page: 1, Rp: 20, Scope: scope } },
              },
            ]}
          />
          {create}
        </>
      }
    >
      <section className="card">
        <div className="card__body">
          <ResourceTable<Policy>
            label={t("nav.policies")}
            state={state}
            search={t("policies.search")}
            filters={[
              {
                name: "scope",
                label: t("policies.kind"),
                options: [
                  { value: "QCS", label: t("policies.kinds.2") },
                  { value: "Local", label: t("policies.kinds.1") },
                ],
              },
            ]}
            rows={data?.List}
            rowKey={(row) => String(row.PolicyId)}
            paging={{ kind: "offset", total: data?.TotalNum }}
            error={error}
            onRetry={() => refetch()}
            stale={isPlaceholderData}
            columns={[
              {
                key: "name",
                title: t("policies.name"),
                role: "id",
                render: (row) => <PolicyLink id={row.PolicyId} name={row.PolicyName} />,
              },
              {
                key: "kind",
                title: t("policies.kind"),
                role: "state",
                render: (row) => (
                  <Tag tone={row.Type === 2 ? "default" : "primary"}>{t(`policies.kinds.${row.Type}`)}</Tag>
                ),
              },
              {
                key: "about",
                title: t("policies.about"),
                render: (row) => row.Description || <span className="quiet">–</span>,
              },
              {
                key: "attached",
                title: t("policies.usedBy"),
                number: true,
                render: (row) => (
                  <>
                    {format.number(row.Attachments)}
                    {row.AttachEntityBoundaryCount > 0 && (
                      <div className="quiet">{t("policies.bounds", { count: row.AttachEntityBoundaryCount })}</div>
                    )}
                  </>
                ),
              },
              {
                key: "updated",
                title: t("policies.updated"),
                role: "time",
                render: (row) => <TimeText at={utcSeconds(row.UpdateTime)} />,
              },
            ]}
            bulk={(rows, clear) => {
              const own = rows.filter((row) => row.Type === 1);
              return (
                <Locked action="cam:DeletePolicy">
                  {(lock) => (
                    <Button
                      icon={<DeleteIcon />}
                      kind="textDanger"
                      disabled={lock.disabled || own.length !== rows.length}
                      title={lock.title ?? (own.length !== rows.length ? t("policies.presetStays") : undefined)}
                      onClick={() => setDeleting({ rows: own, clear })}
                    >
                      {t("action.delete")}
                    </Button>
                  )}
                </Locked>
              );
            }}
            empty={
              <Empty title={t("policies.empty")} about={t("policies.emptyAbout")}>
                {create}
              </Empty>
            }
          />
        </div>
      </section>
      {deleting && <DeletePolicies {...deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}
