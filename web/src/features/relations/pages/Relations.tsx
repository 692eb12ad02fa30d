import { BlackList } from "../components/BlackList";
import { Follows } from "../components/Follows";
import { FriendLists } from "../components/FriendLists";
import { Friends } from "../components/Friends";
import { Requests } from "../components/Requests";

const VIEWS = { friends: Friends, lists: FriendLists, requests: Requests, blacklist: BlackList, follow: Follows };

/** One account's relations, a tab of its page each. */
export function Relations({ app, user, tab }: { app: number; user: string; tab: keyof typeof VIEWS }) {
  const View = VIEWS[tab];
  return <View owner={{ app, user }} />;
}
