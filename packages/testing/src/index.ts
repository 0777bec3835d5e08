export * from './builders.js';
export * from './create-test-session.js';
export * from './fake-render-engine.js';
export * from './unreliable.js';
export * from './fixture-files.js';
export * from './frame-code.js';
export * from './tone-code.js';
