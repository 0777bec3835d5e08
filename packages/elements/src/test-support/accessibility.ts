import axe from 'axe-core';

/** What axe finds fault with, once nothing moves any more: what is fading in has the contrast of nothing. */
export async function violations(element: Element): Promise<string[]> {
  const animations = [...document.getAnimations(), ...(element.shadowRoot?.getAnimations() ?? [])];
  const moving = animations.filter(
    ({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().iterations !== Infinity,
  );
  await Promise.allSettled(moving.map(({ finished }) => finished));
  const report = await axe.run(element);
  return report.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
