/** What build/plugin.ts writes. */
declare module "virtual:assets" {
  export const networksUrl: string;
  /** Bytes of each module, in the order of `variants`. */
  export const moduleLengths: readonly number[];
  /** Undefined where the page was built without digits. */
  export const digitsUrl: string | undefined;
  /** Of the service worker; undefined in a server for development. */
  export const offlineUrl: string | undefined;
}
