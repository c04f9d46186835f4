/** In a browser that of the platform: a page makes few of them, and never while a module is loaded. */
export const LightAbortController: typeof AbortController = /* @__PURE__ */ (() => globalThis.AbortController)();
/** As a type. */
export type LightAbortController = AbortController;
