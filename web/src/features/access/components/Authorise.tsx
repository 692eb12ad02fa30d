import { useAttachUser, useHeldDirectly } from "../api";
import { PickPolicies } from "./PickPolicies";

/** Gives policies to one sub-user; those that it has already are no choice. */
export function Authorise({ user, onClose }: { user: number; onClose: () => void }) {
  const attach = useAttachUser();
  // The list on a page may be a part of those that the user has.
  const held = useHeldDirectly(user).data?.PolicyList ?? [];
  return (
    <PickPolicies
      act={(PolicyId) => attach.mutateAsync({ PolicyId, AttachUin: user })}
      without={held.map((one) => Number(one.PolicyId))}
      onClose={onClose}
    />
  );
}
