/** `custom-elements.json` from the elements' doc comments: public members, attributes, events, parts and tokens. */

/**
 * Leaves out what a host can't use: private and protected members, Lit's own, and events whose name is only known at
 * run time (the class's doc comment names them).
 */
const publicOnly = {
  name: 'public-only',
  /** @param {{customElementsManifest: any}} options */
  packageLinkPhase({ customElementsManifest }) {
    for (const module of customElementsManifest.modules) {
      for (const declaration of module.declarations ?? []) {
        declaration.members = declaration.members?.filter(
          (/** @type {any} */ member) =>
            member.privacy !== 'private' &&
            member.privacy !== 'protected' &&
            !member.name.startsWith('#') &&
            member.name !== 'styles',
        );
        declaration.events = declaration.events?.filter((/** @type {any} */ event) =>
          event.name.startsWith('lectern-'),
        );
      }
    }
  },
};

export default {
  globs: ['packages/elements/src/**/*.ts'],
  exclude: ['**/*.test.ts', '**/*.harness.ts', '**/*.styles.ts'],
  outdir: 'packages/elements',
  litelement: true,
  plugins: [publicOnly],
};
