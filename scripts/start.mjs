/**
 * Builds what is out of date, serves the demo on a free port of this machine and prints its address.
 *
 *   npm start
 *   PORT=8080 npm start
 */
import { build } from './build.mjs';
import { demoMounts, serve } from './serve.mjs';

try {
  await build({ log: (line) => process.stdout.write(`${line}\n`) });
  const server = await serve({ mounts: demoMounts, port: Number(process.env['PORT'] ?? 0) });
  process.stdout.write(`\nLectern's demo is at ${server.origin}/\nCtrl+C stops it.\n`);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
