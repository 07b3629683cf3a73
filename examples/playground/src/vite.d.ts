/** What is used of Vite's import.meta, whose types the project does not install. */
interface ImportMeta {
  readonly env: { readonly PROD: boolean };
}
