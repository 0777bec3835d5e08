drop view public.project_exports, public.project_audio, public.project_clips;
