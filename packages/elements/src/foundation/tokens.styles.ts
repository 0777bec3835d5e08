import { css, type CSSResult } from 'lit';

/**
 * The two tiers of tokens. A page sets the public ones (`--lectern-…`), a framework's own are bridged, and what is
 * left has a default here; inside, styles use the short private names (`--l-…`).
 *
 * `light-dark()` follows the `color-scheme` that an element inherits from its page, so a light page on a dark desktop
 * stays light; `theme="light|dark|auto"` on any element overrides it from there on.
 */
export const tokens: CSSResult = css`
  :host {
    --l-accent: var(
      --lectern-color-accent,
      var(--wa-color-brand-fill-loud, var(--bs-primary, light-dark(#4f46e5, #8b87ff)))
    );
    --l-accent-hover: var(
      --lectern-color-accent-hover,
      color-mix(in oklab, var(--l-accent) 88%, light-dark(#000, #fff))
    );
    --l-on-accent: var(--lectern-color-on-accent, light-dark(#ffffff, #12112b));
    --l-accent-soft: color-mix(in oklab, var(--l-accent) 12%, transparent);
    --l-accent-text: var(--lectern-color-accent-text, light-dark(#4338ca, #aba8ff));
    --l-canvas: var(--lectern-color-canvas, light-dark(#f4f4f7, #0f1013));
    --l-surface: var(--lectern-color-surface, light-dark(#ffffff, #17181c));
    --l-raised: var(--lectern-color-raised, light-dark(#ffffff, #202228));
    --l-sunken: var(--lectern-color-sunken, light-dark(#eeeef2, #0b0c0e));
    --l-hover: light-dark(rgb(24 24 48 / 6%), rgb(255 255 255 / 7%));
    --l-active: light-dark(rgb(24 24 48 / 11%), rgb(255 255 255 / 12%));
    --l-border: var(--lectern-color-border, light-dark(#e1e1e8, #2c2e36));
    --l-border-strong: var(--lectern-color-border-strong, light-dark(#8b8b99, #757886));
    --l-text: var(--lectern-color-text, light-dark(#1b1b24, #ececf1));
    --l-text-muted: var(--lectern-color-text-muted, light-dark(#5d5d6b, #a3a5b1));
    --l-danger: var(--lectern-color-danger, light-dark(#c52b34, #ff7a80));
    --l-on-danger: light-dark(#fff, #2b0507);
    --l-danger-soft: color-mix(in oklab, var(--l-danger) 12%, transparent);
    --l-warning: var(--lectern-color-warning, light-dark(#8f5a00, #f5b947));
    --l-warning-soft: color-mix(in oklab, var(--l-warning) 13%, transparent);
    --l-success: var(--lectern-color-success, light-dark(#177245, #4cc38a));
    --l-success-soft: color-mix(in oklab, var(--l-success) 13%, transparent);
    --l-playhead: var(--lectern-color-playhead, light-dark(#d6293a, #ff5c69));
    --l-clip-video: var(--lectern-color-clip-video, light-dark(#5b5bd6, #6e6ade));
    --l-clip-audio: var(--lectern-color-clip-audio, light-dark(#12806a, #1f9a80));
    --l-clip-image: var(--lectern-color-clip-image, light-dark(#b83280, #c2508f));
    --l-clip-text: var(--lectern-color-clip-text, light-dark(#ad5700, #b9691d));
    --l-clip-colour: var(--lectern-color-clip-colour, light-dark(#566074, #667085));

    --l-space-1: calc(var(--lectern-space, 4px) * 1);
    --l-space-2: calc(var(--lectern-space, 4px) * 2);
    --l-space-3: calc(var(--lectern-space, 4px) * 3);
    --l-space-4: calc(var(--lectern-space, 4px) * 4);
    --l-space-5: calc(var(--lectern-space, 4px) * 5);
    --l-space-6: calc(var(--lectern-space, 4px) * 6);
    --l-space-8: calc(var(--lectern-space, 4px) * 8);

    --l-radius-s: var(--lectern-radius-s, 5px);
    --l-radius-m: var(--lectern-radius-m, 8px);
    --l-radius-l: var(--lectern-radius-l, 12px);

    --l-font: var(
      --lectern-font-family,
      ui-sans-serif,
      system-ui,
      -apple-system,
      'Segoe UI',
      'Inter',
      Roboto,
      'Noto Sans',
      sans-serif
    );
    --l-font-mono: var(--lectern-font-mono, ui-monospace, 'SF Mono', 'Cascadia Mono', 'Roboto Mono', monospace);
    --l-text-xs: 0.6875rem;
    --l-text-s: 0.75rem;
    --l-text-m: 0.8125rem;
    --l-text-l: 0.9375rem;
    --l-text-xl: 1.125rem;

    --l-shadow-1: 0 1px 2px light-dark(rgb(20 20 40 / 8%), rgb(0 0 0 / 40%));
    --l-shadow-2:
      0 1px 2px light-dark(rgb(20 20 40 / 8%), rgb(0 0 0 / 40%)),
      0 6px 16px light-dark(rgb(20 20 40 / 12%), rgb(0 0 0 / 50%));
    --l-shadow-3:
      0 2px 6px light-dark(rgb(20 20 40 / 10%), rgb(0 0 0 / 45%)),
      0 20px 48px light-dark(rgb(20 20 40 / 20%), rgb(0 0 0 / 60%));
    --l-focus: 0 0 0 2px var(--l-surface), 0 0 0 4px var(--l-accent);
    --l-duration: 120ms;

    color: var(--l-text);
    font-family: var(--l-font);
    font-size: var(--l-text-m);
    line-height: 1.45;
    -webkit-font-smoothing: antialiased;
  }

  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([theme='auto']) {
    color-scheme: light dark;
  }
  /* The element takes the focus of clicks beside its controls; a ring around all of it would say nothing. */
  :host(:focus) {
    outline: none;
  }
  :host([hidden]) {
    display: none !important;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  @media (prefers-reduced-motion: reduce) {
    :host {
      --l-duration: 0ms;
    }
  }
`;
