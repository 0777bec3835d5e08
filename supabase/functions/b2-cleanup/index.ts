/** The clean-up in Deno: `supabase functions deploy b2-cleanup`. */
import { configFromEnvironment } from './environment.ts';
import { createB2CleanupHandler } from './handler.ts';

declare const Deno: {
  readonly env: { get(name: string): string | undefined };
  serve(handler: (request: Request) => Promise<Response>): unknown;
};

Deno.serve(createB2CleanupHandler(configFromEnvironment((name) => Deno.env.get(name))));
