// Generated: npm run types:database

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  public: {
    Tables: {
      chapter_items: {
        Row: {
          asset_id: string | null;
          chapter_id: string;
          created_at: string;
          deleted_at: string | null;
          id: string;
          order_key: string;
          owner_id: string;
          project_id: string | null;
          tenant_id: string;
          title: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          asset_id?: string | null;
          chapter_id: string;
          created_at?: string;
          deleted_at?: string | null;
          id: string;
          order_key: string;
          owner_id: string;
          project_id?: string | null;
          tenant_id: string;
          title: string;
          updated_at?: string;
        };
        Update: {
          asset_id?: string | null;
          chapter_id?: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          order_key?: string;
          owner_id?: string;
          project_id?: string | null;
          tenant_id?: string;
          title?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'chapter_items_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'media_files';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'chapter_items_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'project_exports';
            referencedColumns: ['asset_id'];
          },
          {
            foreignKeyName: 'chapter_items_chapter_id_fkey';
            columns: ['chapter_id'];
            isOneToOne: false;
            referencedRelation: 'chapters';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'chapter_items_project_id_fkey';
            columns: ['project_id'];
            isOneToOne: false;
            referencedRelation: 'project_audio';
            referencedColumns: ['project_id'];
          },
          {
            foreignKeyName: 'chapter_items_project_id_fkey';
            columns: ['project_id'];
            isOneToOne: false;
            referencedRelation: 'project_clips';
            referencedColumns: ['project_id'];
          },
          {
            foreignKeyName: 'chapter_items_project_id_fkey';
            columns: ['project_id'];
            isOneToOne: false;
            referencedRelation: 'studio_projects';
            referencedColumns: ['id'];
          },
        ];
      };
      chapters: {
        Row: {
          course_id: string;
          created_at: string;
          deleted_at: string | null;
          id: string;
          order_key: string;
          owner_id: string;
          tenant_id: string;
          title: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          course_id: string;
          created_at?: string;
          deleted_at?: string | null;
          id: string;
          order_key: string;
          owner_id: string;
          tenant_id: string;
          title: string;
          updated_at?: string;
        };
        Update: {
          course_id?: string;
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          order_key?: string;
          owner_id?: string;
          tenant_id?: string;
          title?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'chapters_course_id_fkey';
            columns: ['course_id'];
            isOneToOne: false;
            referencedRelation: 'courses';
            referencedColumns: ['id'];
          },
        ];
      };
      courses: {
        Row: {
          created_at: string;
          deleted_at: string | null;
          id: string;
          made: number;
          owner_id: string;
          tenant_id: string;
          title: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          deleted_at?: string | null;
          id: string;
          made?: never;
          owner_id?: string;
          tenant_id?: string;
          title: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          deleted_at?: string | null;
          id?: string;
          made?: never;
          owner_id?: string;
          tenant_id?: string;
          title?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      media_blobs: {
        Row: {
          created_at: string;
          key: string;
          mime_type: string;
          object_name: string;
          owner_id: string;
          size_bytes: number;
          store: string;
          tenant_id: string;
          verified_sha256: string | null;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          key: string;
          mime_type: string;
          object_name: string;
          owner_id: string;
          size_bytes: number;
          store: string;
          tenant_id: string;
          verified_sha256?: string | null;
        };
        Update: {
          created_at?: string;
          key?: string;
          mime_type?: string;
          object_name?: string;
          owner_id?: string;
          size_bytes?: number;
          store?: string;
          tenant_id?: string;
          verified_sha256?: string | null;
        };
        Relationships: [];
      };
      media_file_history: {
        Row: {
          action: string;
          asset_id: string;
          author: string | null;
          change: NonNullable<Json>;
          created_at: string;
          id: number;
          inverse: NonNullable<Json>;
          owner_id: string;
          rev: number;
          tenant_id: string;
        };
        ComputedFields: never;
        Insert: {
          action: string;
          asset_id: string;
          author?: string | null;
          change: NonNullable<Json>;
          created_at?: string;
          id?: never;
          inverse: NonNullable<Json>;
          owner_id: string;
          rev: number;
          tenant_id: string;
        };
        Update: {
          action?: string;
          asset_id?: string;
          author?: string | null;
          change?: NonNullable<Json>;
          created_at?: string;
          id?: never;
          inverse?: NonNullable<Json>;
          owner_id?: string;
          rev?: number;
          tenant_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'media_file_history_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'media_files';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'media_file_history_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'project_exports';
            referencedColumns: ['asset_id'];
          },
        ];
      };
      media_file_versions: {
        Row: {
          asset_id: string;
          blob_key: string;
          created_at: string;
          fingerprint: string | null;
          id: string;
          mime_type: string;
          number: number;
          owner_id: string;
          poster_key: string | null;
          probe: Json | null;
          size_bytes: number;
          tenant_id: string;
        };
        ComputedFields: never;
        Insert: {
          asset_id: string;
          blob_key: string;
          created_at?: string;
          fingerprint?: string | null;
          id?: string;
          mime_type: string;
          number: number;
          owner_id: string;
          poster_key?: string | null;
          probe?: Json | null;
          size_bytes: number;
          tenant_id: string;
        };
        Update: {
          asset_id?: string;
          blob_key?: string;
          created_at?: string;
          fingerprint?: string | null;
          id?: string;
          mime_type?: string;
          number?: number;
          owner_id?: string;
          poster_key?: string | null;
          probe?: Json | null;
          size_bytes?: number;
          tenant_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'media_file_versions_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'media_files';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'media_file_versions_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'project_exports';
            referencedColumns: ['asset_id'];
          },
          {
            foreignKeyName: 'media_file_versions_blob_fkey';
            columns: ['owner_id', 'blob_key'];
            isOneToOne: false;
            referencedRelation: 'media_blobs';
            referencedColumns: ['owner_id', 'key'];
          },
          {
            foreignKeyName: 'media_file_versions_poster_fkey';
            columns: ['owner_id', 'poster_key'];
            isOneToOne: false;
            referencedRelation: 'media_blobs';
            referencedColumns: ['owner_id', 'key'];
          },
        ];
      };
      media_files: {
        Row: {
          blob_key: string | null;
          created_at: string;
          current_version_id: string | null;
          deleted_at: string | null;
          duration_seconds: number;
          fingerprint: string | null;
          folded_tags: string[];
          height: number;
          id: string;
          kind: string;
          mime_type: string;
          name: string;
          owner_id: string;
          poster_key: string | null;
          probe: Json | null;
          project_id: string | null;
          purged_at: string | null;
          rev: number;
          search_text: string;
          size_bytes: number;
          sort_name: string;
          source_type: string;
          status: string;
          studio_metadata: NonNullable<Json>;
          tags: string[];
          tenant_id: string;
          updated_at: string;
          verified_sha256: string | null;
          width: number;
        };
        ComputedFields: never;
        Insert: {
          blob_key?: string | null;
          created_at?: string;
          current_version_id?: string | null;
          deleted_at?: string | null;
          duration_seconds?: never;
          fingerprint?: string | null;
          folded_tags?: never;
          height?: never;
          id: string;
          kind: string;
          mime_type: string;
          name: string;
          owner_id?: string;
          poster_key?: string | null;
          probe?: Json | null;
          project_id?: never;
          purged_at?: string | null;
          rev?: number;
          search_text?: never;
          size_bytes: number;
          sort_name?: never;
          source_type: string;
          status?: string;
          studio_metadata?: NonNullable<Json>;
          tags?: string[];
          tenant_id?: string;
          updated_at?: string;
          verified_sha256?: string | null;
          width?: never;
        };
        Update: {
          blob_key?: string | null;
          created_at?: string;
          current_version_id?: string | null;
          deleted_at?: string | null;
          duration_seconds?: never;
          fingerprint?: string | null;
          folded_tags?: never;
          height?: never;
          id?: string;
          kind?: string;
          mime_type?: string;
          name?: string;
          owner_id?: string;
          poster_key?: string | null;
          probe?: Json | null;
          project_id?: never;
          purged_at?: string | null;
          rev?: number;
          search_text?: never;
          size_bytes?: number;
          sort_name?: never;
          source_type?: string;
          status?: string;
          studio_metadata?: NonNullable<Json>;
          tags?: string[];
          tenant_id?: string;
          updated_at?: string;
          verified_sha256?: string | null;
          width?: never;
        };
        Relationships: [
          {
            foreignKeyName: 'media_files_poster_fkey';
            columns: ['owner_id', 'poster_key'];
            isOneToOne: false;
            referencedRelation: 'media_blobs';
            referencedColumns: ['owner_id', 'key'];
          },
        ];
      };
      media_operations: {
        Row: {
          args: NonNullable<Json>;
          asset_ids: string[];
          created_at: string;
          done: number;
          errors: NonNullable<Json>;
          failed: number;
          id: string;
          kind: string;
          owner_id: string;
          status: string;
          tenant_id: string;
          total: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          args?: NonNullable<Json>;
          asset_ids: string[];
          created_at?: string;
          done?: number;
          errors?: NonNullable<Json>;
          failed?: number;
          id: string;
          kind: string;
          owner_id?: string;
          status?: string;
          tenant_id?: string;
          total: number;
          updated_at?: string;
        };
        Update: {
          args?: NonNullable<Json>;
          asset_ids?: string[];
          created_at?: string;
          done?: number;
          errors?: NonNullable<Json>;
          failed?: number;
          id?: string;
          kind?: string;
          owner_id?: string;
          status?: string;
          tenant_id?: string;
          total?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      media_usage: {
        Row: {
          asset_id: string;
          created_at: string;
          label: string;
          owner_id: string;
          resource_id: string;
          resource_type: string;
          tenant_id: string;
        };
        ComputedFields: never;
        Insert: {
          asset_id: string;
          created_at?: string;
          label: string;
          owner_id: string;
          resource_id: string;
          resource_type: string;
          tenant_id: string;
        };
        Update: {
          asset_id?: string;
          created_at?: string;
          label?: string;
          owner_id?: string;
          resource_id?: string;
          resource_type?: string;
          tenant_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'media_usage_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'media_files';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'media_usage_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'project_exports';
            referencedColumns: ['asset_id'];
          },
        ];
      };
      scenes: {
        Row: {
          asset_id: string | null;
          created_at: string;
          id: string;
          notes: string;
          order_key: string;
          owner_id: string;
          project_id: string;
          script: string;
          tenant_id: string;
          title: string;
          updated_at: string;
          voice_id: string | null;
        };
        ComputedFields: never;
        Insert: {
          asset_id?: string | null;
          created_at?: string;
          id?: string;
          notes?: string;
          order_key: string;
          owner_id: string;
          project_id: string;
          script?: string;
          tenant_id: string;
          title?: string;
          updated_at?: string;
          voice_id?: string | null;
        };
        Update: {
          asset_id?: string | null;
          created_at?: string;
          id?: string;
          notes?: string;
          order_key?: string;
          owner_id?: string;
          project_id?: string;
          script?: string;
          tenant_id?: string;
          title?: string;
          updated_at?: string;
          voice_id?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: 'scenes_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'media_files';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'scenes_asset_id_fkey';
            columns: ['asset_id'];
            isOneToOne: false;
            referencedRelation: 'project_exports';
            referencedColumns: ['asset_id'];
          },
          {
            foreignKeyName: 'scenes_project_id_fkey';
            columns: ['project_id'];
            isOneToOne: false;
            referencedRelation: 'project_audio';
            referencedColumns: ['project_id'];
          },
          {
            foreignKeyName: 'scenes_project_id_fkey';
            columns: ['project_id'];
            isOneToOne: false;
            referencedRelation: 'project_clips';
            referencedColumns: ['project_id'];
          },
          {
            foreignKeyName: 'scenes_project_id_fkey';
            columns: ['project_id'];
            isOneToOne: false;
            referencedRelation: 'studio_projects';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'scenes_voice_fkey';
            columns: ['voice_id'];
            isOneToOne: false;
            referencedRelation: 'voices';
            referencedColumns: ['id'];
          },
        ];
      };
      studio_project_revisions: {
        Row: {
          author: string;
          content_hash: string;
          created_at: string;
          kind: string;
          owner_id: string;
          parent_rev: number;
          project_id: string;
          rev: number;
          save_id: string;
          save_number: number;
          schema_version: number;
          state_bytes: number;
          tenant_id: string;
          timeline_state: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          author: string;
          content_hash: string;
          created_at?: string;
          kind: string;
          owner_id: string;
          parent_rev: number;
          project_id: string;
          rev: number;
          save_id: string;
          save_number: number;
          schema_version: number;
          state_bytes: number;
          tenant_id: string;
          timeline_state: NonNullable<Json>;
        };
        Update: {
          author?: string;
          content_hash?: string;
          created_at?: string;
          kind?: string;
          owner_id?: string;
          parent_rev?: number;
          project_id?: string;
          rev?: number;
          save_id?: string;
          save_number?: number;
          schema_version?: number;
          state_bytes?: number;
          tenant_id?: string;
          timeline_state?: NonNullable<Json>;
        };
        Relationships: [
          {
            foreignKeyName: 'studio_project_revisions_project_id_fkey';
            columns: ['project_id'];
            isOneToOne: false;
            referencedRelation: 'project_audio';
            referencedColumns: ['project_id'];
          },
          {
            foreignKeyName: 'studio_project_revisions_project_id_fkey';
            columns: ['project_id'];
            isOneToOne: false;
            referencedRelation: 'project_clips';
            referencedColumns: ['project_id'];
          },
          {
            foreignKeyName: 'studio_project_revisions_project_id_fkey';
            columns: ['project_id'];
            isOneToOne: false;
            referencedRelation: 'studio_projects';
            referencedColumns: ['id'];
          },
        ];
      };
      studio_projects: {
        Row: {
          asset_ids: string[];
          conflict_count: number;
          content_hash: string;
          created_at: string;
          deleted_at: string | null;
          description: string;
          duration_seconds: number;
          head_at: string;
          head_author: string;
          id: string;
          is_draft: boolean;
          last_export_id: string | null;
          owner_id: string;
          poster_key: string | null;
          rev: number;
          save_count: number;
          schema_version: number;
          script: string;
          search_text: string;
          sort_title: string;
          tenant_id: string;
          timeline_state: NonNullable<Json>;
          title: string;
          total_frames: number;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          asset_ids?: string[];
          conflict_count?: number;
          content_hash: string;
          created_at?: string;
          deleted_at?: string | null;
          description?: string;
          duration_seconds: number;
          head_at?: string;
          head_author: string;
          id: string;
          is_draft?: boolean;
          last_export_id?: string | null;
          owner_id: string;
          poster_key?: string | null;
          rev: number;
          save_count?: number;
          schema_version: number;
          script?: string;
          search_text?: never;
          sort_title?: never;
          tenant_id: string;
          timeline_state: NonNullable<Json>;
          title: string;
          total_frames: number;
          updated_at?: string;
        };
        Update: {
          asset_ids?: string[];
          conflict_count?: number;
          content_hash?: string;
          created_at?: string;
          deleted_at?: string | null;
          description?: string;
          duration_seconds?: number;
          head_at?: string;
          head_author?: string;
          id?: string;
          is_draft?: boolean;
          last_export_id?: string | null;
          owner_id?: string;
          poster_key?: string | null;
          rev?: number;
          save_count?: number;
          schema_version?: number;
          script?: string;
          search_text?: never;
          sort_title?: never;
          tenant_id?: string;
          timeline_state?: NonNullable<Json>;
          title?: string;
          total_frames?: number;
          updated_at?: string;
        };
        Relationships: [];
      };
      upload_sessions: {
        Row: {
          asset: Json | null;
          created_at: string;
          expires_at: string;
          finished_at: string | null;
          id: string;
          key: string;
          mime_type: string;
          multipart_id: string | null;
          object_name: string;
          owner_id: string;
          size_bytes: number;
          status: string;
          store: string;
          tenant_id: string;
        };
        ComputedFields: never;
        Insert: {
          asset?: Json | null;
          created_at?: string;
          expires_at: string;
          finished_at?: string | null;
          id: string;
          key: string;
          mime_type: string;
          multipart_id?: string | null;
          object_name: string;
          owner_id: string;
          size_bytes: number;
          status?: string;
          store: string;
          tenant_id: string;
        };
        Update: {
          asset?: Json | null;
          created_at?: string;
          expires_at?: string;
          finished_at?: string | null;
          id?: string;
          key?: string;
          mime_type?: string;
          multipart_id?: string | null;
          object_name?: string;
          owner_id?: string;
          size_bytes?: number;
          status?: string;
          store?: string;
          tenant_id?: string;
        };
        Relationships: [];
      };
      voices: {
        Row: {
          created_at: string;
          id: string;
          language: string;
          name: string;
          owner_id: string;
          provider: string;
          sample_asset_id: string | null;
          settings: NonNullable<Json>;
          tenant_id: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          id?: string;
          language?: string;
          name: string;
          owner_id?: string;
          provider?: string;
          sample_asset_id?: string | null;
          settings?: NonNullable<Json>;
          tenant_id?: string;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          id?: string;
          language?: string;
          name?: string;
          owner_id?: string;
          provider?: string;
          sample_asset_id?: string | null;
          settings?: NonNullable<Json>;
          tenant_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: 'voices_sample_asset_id_fkey';
            columns: ['sample_asset_id'];
            isOneToOne: false;
            referencedRelation: 'media_files';
            referencedColumns: ['id'];
          },
          {
            foreignKeyName: 'voices_sample_asset_id_fkey';
            columns: ['sample_asset_id'];
            isOneToOne: false;
            referencedRelation: 'project_exports';
            referencedColumns: ['asset_id'];
          },
        ];
      };
    };
    Views: {
      project_audio: {
        Row: {
          asset_id: string | null;
          clips: number | null;
          duration_frames: number | null;
          name: string | null;
          owner_id: string;
          project_id: string;
        };
        ComputedFields: never;
        Relationships: [];
      };
      project_clips: {
        Row: {
          asset_id: string | null;
          clip_id: string | null;
          duration_frames: number | null;
          name: string | null;
          owner_id: string;
          project_id: string;
          rev: number;
          source_kind: string | null;
          start_frame: number | null;
          track_id: string | null;
          track_kind: string | null;
          trim_start_frame: number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      project_exports: {
        Row: {
          asset_id: string;
          created_at: string;
          duration_seconds: number;
          height: number;
          mime_type: string;
          name: string;
          owner_id: string;
          preset: string | null;
          project_id: string | null;
          size_bytes: number;
          width: number;
        };
        ComputedFields: never;
        Insert: {
          asset_id?: string | null;
          created_at?: string | null;
          duration_seconds?: number | null;
          height?: number | null;
          mime_type?: string | null;
          name?: string | null;
          owner_id?: string | null;
          preset?: never;
          project_id?: string | null;
          size_bytes?: number | null;
          width?: number | null;
        };
        Update: {
          asset_id?: string | null;
          created_at?: string | null;
          duration_seconds?: number | null;
          height?: number | null;
          mime_type?: string | null;
          name?: string | null;
          owner_id?: string | null;
          preset?: never;
          project_id?: string | null;
          size_bytes?: number | null;
          width?: number | null;
        };
        Relationships: [];
      };
    };
    Functions: {
      apply_course_change: { Args: { p_change: Json }; Returns: undefined };
      cancel_upload: { Args: { p_id: string }; Returns: Json };
      complete_upload: { Args: { p_id: string; p_size_bytes: number }; Returns: Json };
      continue_media_operation: { Args: { p_id: string; p_limit?: number }; Returns: Json };
      discard_blob: { Args: { p_key: string }; Returns: boolean };
      forget_blobs: { Args: { p_object_names: string[] }; Returns: number };
      keep_house: { Args: Record<PropertyKey, never>; Returns: Json };
      list_media: {
        Args: {
          p_after?: Json;
          p_deleted?: boolean;
          p_kinds?: string[];
          p_limit?: number;
          p_project_id?: string;
          p_search?: string;
          p_sort?: string;
          p_source_types?: string[];
          p_tags?: string[];
        };
        Returns: Json;
      };
      list_projects: {
        Args: {
          p_after?: Json;
          p_deleted?: boolean;
          p_draft?: boolean;
          p_limit?: number;
          p_search?: string;
          p_sort?: string;
        };
        Returns: Json;
      };
      media_overview: {
        Args: Record<PropertyKey, never>;
        Returns: {
          bytes: number;
          deleted: boolean;
          files: number;
          kind: string;
          source_type: string;
        }[];
      };
      note_multipart: { Args: { p_id: string; p_multipart_id: string }; Returns: Json };
      purge_candidates: {
        Args: { p_days?: number; p_limit?: number };
        Returns: {
          deleted_at: string;
          id: string;
          owner_id: string;
        }[];
      };
      purge_media: { Args: { p_days?: number; p_ids: string[] }; Returns: string[] };
      rebuild_usage: { Args: Record<PropertyKey, never>; Returns: undefined };
      reserve_upload: {
        Args: {
          p_asset?: Json;
          p_id: string;
          p_key: string;
          p_mime_type: string;
          p_owner_id?: string;
          p_size_bytes: number;
          p_store?: string;
        };
        Returns: Json;
      };
      save_studio_project: {
        Args: {
          p_as_user?: string;
          p_asset_ids?: string[];
          p_base_rev: number;
          p_description?: string;
          p_duration_seconds?: number;
          p_hash: string;
          p_id: string;
          p_kind: string;
          p_save_id: string;
          p_schema_version: number;
          p_state: Json;
          p_title?: string;
          p_total_frames?: number;
        };
        Returns: Json;
      };
      storage_report: {
        Args: Record<PropertyKey, never>;
        Returns: {
          limit_bytes: number;
          reserved_bytes: number;
          stored_bytes: number;
        }[];
      };
      unclaimed_blobs: {
        Args: { p_hours?: number; p_limit?: number };
        Returns: {
          object_name: string;
          size_bytes: number;
          store: string;
        }[];
      };
      undo_media_change: { Args: { p_history_id: number }; Returns: undefined };
      verify_blob: { Args: { p_object_name: string; p_sha256: string }; Returns: undefined };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, 'public'>];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    keyof (DefaultSchema['Tables'] & DefaultSchema['Views']) | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])[TableName] extends {
      Row: infer R;
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    ? (DefaultSchema['Tables'] & DefaultSchema['Views'])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R;
      }
      ? R
      : never
    : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables'] | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Insert: infer I;
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I;
      }
      ? I
      : never
    : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables'] | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Update: infer U;
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U;
      }
      ? U
      : never
    : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema['Enums'] | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums']
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums'][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema['Enums']
    ? DefaultSchema['Enums'][DefaultSchemaEnumNameOrOptions]
    : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    keyof DefaultSchema['CompositeTypes'] | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes']
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes'][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema['CompositeTypes']
    ? DefaultSchema['CompositeTypes'][PublicCompositeTypeNameOrOptions]
    : never;

export const Constants = {
  public: {
    Enums: {},
  },
} as const;
