import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { AddIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { type Group, useCreateGroup, useGroups } from "../api";
import { createdColumn, GroupLink, remarkColumn } from "../components/columns";
import { GroupForm } from "../components/GroupForm";

export function Groups() {
  const { t } = useTranslation("access");
  const state = useTableState();
  const { data, error, refetch, isPlaceholderData } = useGroups(state.page, state.size, state.keyword);
  const [adding, setAdding] = useState(false);
  const create = useCreateGroup();
  const add = (
    <Locked action="cam:CreateGroup">
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setAdding(true)}>
          {t("groups.add")}
        </Button>
      )}
    </Locked>
  );
  return (
    <Page
      title={t("nav.groups")}
      lead={t("groups.lead")}
      parents={[{ title: t("nav.access") }]}
      actions={
        <>
          <ApiCallButton
            calls={[
              { title: t("groups.add"), call: { cloud: "cam/CreateGroup", body: { GroupName: "support" } } },
              { title: t("groups.list"), call: { cloud: "cam/ListGroups", body: { Page: 1, Rp: 20 } } },
            ]}
          />
          {add}
        </>
      }
    >
      <section className="card">
        <div className="card__body">
          <ResourceTable<Group>
            label={t("nav.groups")}
            state={state}
            search={t("groups.search")}
            rows={data?.GroupInfo}
            rowKey={(row) => String(row.GroupId)}
            paging={{ kind: "offset", total: data?.TotalNum }}
            error={error}
            onRetry={() => refetch()}
            stale={isPlaceholderData}
            columns={[
              {
                key: "name",
                title: t("groups.name"),
                render: (row) => <GroupLink id={row.GroupId} name={row.GroupName} />,
              },
              remarkColumn(t),
              createdColumn(t),
            ]}
            empty={
              <Empty title={t("groups.empty")} about={t("groups.emptyAbout")}>
                {add}
              </Empty>
            }
          />
        </div>
      </section>
      {adding && (
        <GroupForm
          title={t("groups.add")}
          submit={t("action.create")}
          busy={create.isPending}
          error={create.error}
          onClose={() => setAdding(false)}
          onSubmit={(value) =>
            create.mutate(value, {
              onSuccess: () => {
                say(t("groups.made", { name: value.GroupName }));
                setAdding(false);
              },
            })
          }
        />
      )}
    </Page>
  );
}
