import type { StorybookConfig } from '@storybook/web-components-vite';

const config: StorybookConfig = {
  framework: '@storybook/web-components-vite',
  stories: ['../stories/**/*.stories.ts'],
  staticDirs: [{ from: '../packages/testing/fixtures', to: '/fixtures' }],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  features: { sidebarOnboardingChecklist: false },
  viteFinal: (vite) => ({
    ...vite,
    // The packages' own workers are modules.
    worker: { ...vite.worker, format: 'es' },
    build: { ...vite.build, target: 'es2023', chunkSizeWarningLimit: 4096 },
  }),
};

export default config;
