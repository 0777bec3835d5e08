/** Registers a tag once: a second copy of the library on the page keeps the first, and says so if it is another class. */
export function safeDefine(
  tag: string,
  element: CustomElementConstructor,
  // On a server there is none.
  registry: CustomElementRegistry | undefined = (globalThis as { customElements?: CustomElementRegistry })
    .customElements,
): void {
  const present = registry?.get(tag);
  if (!registry || present === element) return;
  if (present) {
    console.warn(`lectern: <${tag}> is already defined on this page; that definition stays.`);
    return;
  }
  registry.define(tag, element);
}
