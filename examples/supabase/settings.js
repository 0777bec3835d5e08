// From the project's dashboard (Settings → API keys). The publishable key is meant for pages; a secret one is refused.
export const url = 'https://your-project.supabase.co';
export const publishableKey = 'sb_publishable_…';
/** `https://your-project.supabase.co/functions/v1/b2-uploads`, or empty without Backblaze B2. */
export const signerUrl = '';
