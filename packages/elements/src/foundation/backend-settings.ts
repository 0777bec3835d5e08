/**
 * What a page that can't run code says about its back end: the text of the element's own
 * `<script type="application/json">`, or nothing.
 */
export function backendSettings(element: Element): string {
  const script = [...element.children].find(
    (child): child is HTMLScriptElement => child instanceof HTMLScriptElement && child.type === 'application/json',
  );
  return script?.textContent.trim() ?? '';
}
