// Stands for the kit's package of video rooms, which speaks to Tencent's TRTC only: a chat asks nothing of it.
const nothing = () => undefined;
export const TUIErrorCode = {};
export default { once: nothing, on: nothing, off: nothing, getInstance: nothing, callExperimentalAPI: nothing };
