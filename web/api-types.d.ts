// Made from openapi.yaml by `node api-types.mjs` in tests/web. Do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An error in one sentence. */
        Detail: {
            /** @description The sentence. */
            detail: string;
        };
        /** @description For each invalid field or parameter, what is wrong with it. */
        FieldErrors: {
            [key: string]: string[];
        };
        /** @description The access token is invalid, of the wrong type, expired or signed out. */
        TokenNotValid: {
            /** @description The error in one sentence. */
            detail: string;
            /**
             * @description The error for programs.
             * @constant
             */
            code: "token_not_valid";
            /** @description What is wrong with the token. */
            messages: {
                /** @description The kind of token that was expected. */
                token_class: string;
                /** @description The same, in lower case. */
                token_type: string;
                /** @description The error in one sentence. */
                message: string;
            }[];
        };
        /** @description The Authorization header is not two words. */
        BadHeader: {
            /** @description The error in one sentence. */
            detail: string;
            /**
             * @description The error for programs.
             * @constant
             */
            code: "bad_authorization_header";
        };
        /** @description An error in one sentence, with a code for programs. */
        CodedDetail: {
            /** @description The sentence. */
            detail: string;
            /** @description The error for programs. */
            code: string;
        };
        /** @description A response of API Gateway itself. */
        GatewayMessage: {
            /** @description The name of the status. */
            message: string;
        };
        /** @description An unexpected failure. Nothing else is told about its cause. */
        InternalServerError: {
            /** @description Always the same sentence. */
            detail: string;
            /** @description Names the failed request in the log of the deployment. */
            request_id: string;
        };
        /** @description A URL that needs no sign-in and works for a short time. */
        SignedUrl: {
            /**
             * Format: uri
             * @description The URL.
             */
            url: string;
            /**
             * Format: date-time
             * @description When the URL stops working.
             */
            expires_at: string;
        };
        /** @description The outcome in one sentence. */
        Message: {
            /** @description The sentence. */
            message: string;
        };
        /**
         * @description The new password. It must not be a common password, consist of digits only, or be similar to the username. It is
         *     compared in Unicode form NFC and never trimmed.
         */
        NewPassword: string;
        /** @description The current password of the account. It is never trimmed. */
        GivenPassword: string;
        /**
         * @description The name of the account: letters and digits of any script, and `@ . + - _`. Names that differ only in case or
         *     Unicode form are the same name.
         */
        NewUsername: string;
        /**
         * Format: email
         * @description An e-mail address. The part before the `@` must be ASCII. A domain that is not ASCII is kept as Punycode.
         */
        GivenEmail: string;
        /** @description A new account. */
        SignUp: {
            username: components["schemas"]["NewUsername"];
            password: components["schemas"]["NewPassword"];
            /** @description The address of the account. Null, blank and absent mean that it has none. Some deployments require one. */
            email?: components["schemas"]["GivenEmail"] | string | null;
        };
        /** @description A new account, in a form. */
        SignUpForm: {
            username: components["schemas"]["NewUsername"];
            password: components["schemas"]["NewPassword"];
            /** @description The address of the account. Blank and absent mean that it has none. Some deployments require one. */
            email?: components["schemas"]["GivenEmail"] | string;
        };
        /** @description The account that was created. */
        NewAccount: {
            /** @description The outcome in one sentence. */
            message: string;
            /** @description The id of the account. */
            id: string;
            /** @description The name of the account, in Unicode form NFKC. */
            username: string;
            /**
             * Format: idn-email
             * @description The address of the account, if it has one.
             */
            email: string | null;
            /** @description Whether the address is verified. */
            email_verified: boolean;
            /** @description The name of the account tier. */
            tier: string;
        };
        /** @description A new account with an address. */
        Registration: {
            username: components["schemas"]["NewUsername"];
            email: components["schemas"]["GivenEmail"];
            password: components["schemas"]["NewPassword"];
        };
        /** @description What is wrong with the fields of a registration. */
        RegistrationErrors: {
            /** @description The first message. */
            error: string;
            errors: components["schemas"]["FieldErrors"];
        };
        /** @description The address of an account. */
        EmailAddress: {
            email: components["schemas"]["GivenEmail"];
        };
        /** @description The password that the account gets. */
        PasswordReset: {
            new_password: components["schemas"]["NewPassword"];
        };
        /** @description An account, as its owner sees it. */
        Account: {
            /** @description The id of the account. */
            id: string;
            /** @description The name of the account. */
            username: string;
            /**
             * Format: idn-email
             * @description The address of the account, if it has one.
             */
            email: string | null;
            /** @description Whether the address is verified. */
            email_verified: boolean;
            /** @description The name of the account tier. */
            tier: string;
            /** @description Whether the account may use the routes for staff. */
            is_staff: boolean;
            /**
             * Format: int64
             * @description The space that the files and images of the account use.
             */
            used_bytes: number;
            /**
             * Format: int64
             * @description The space of files and images that were deleted, replaced or rejected in the last days, and that Satchel
             *     keeps for some days. It counts against a second limit: `used_bytes` and `kept_bytes` together may be up to
             *     three times `max_total_bytes`.
             */
            kept_bytes: number;
            /**
             * Format: int64
             * @description The space that the files and images of the account may use.
             */
            max_total_bytes: number;
            /**
             * Format: date-time
             * @description When the account was created.
             */
            created_at: string;
        };
        /** @description An account, as staff see it. */
        StaffAccount: {
            /** @description The id of the account. */
            id: string;
            /** @description The name of the account. */
            username: string;
            /**
             * Format: idn-email
             * @description The address of the account, if it has one.
             */
            email: string | null;
            /** @description Whether the address is verified. */
            email_verified: boolean;
            /** @description The name of the account tier. */
            tier: string;
            /** @description Whether the account may use the routes for staff. */
            is_staff: boolean;
            /** @description Whether the account is open. A closed account cannot sign in. */
            is_active: boolean;
            /**
             * Format: int64
             * @description The space that the files and images of the account use.
             */
            used_bytes: number;
            /**
             * Format: int64
             * @description The space of files and images that were deleted, replaced or rejected in the last days, and that Satchel
             *     keeps for some days. It counts against a second limit: `used_bytes` and `kept_bytes` together may be up to
             *     three times `max_total_bytes`.
             */
            kept_bytes: number;
            /**
             * Format: int64
             * @description The space that the files and images of the account may use.
             */
            max_total_bytes: number;
            /**
             * Format: date-time
             * @description When the account was created.
             */
            created_at: string;
        };
        /** @description A page of accounts. */
        StaffAccountList: {
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            results: components["schemas"]["StaffAccount"][];
        };
        /** @description A new address for the account. */
        AddressChange: {
            email: components["schemas"]["GivenEmail"];
            current_password: components["schemas"]["GivenPassword"];
        };
        /** @description A new password for the account. */
        PasswordChange: {
            current_password: components["schemas"]["GivenPassword"];
            new_password: components["schemas"]["NewPassword"];
        };
        /** @description The proof that the caller is the owner. */
        PasswordProof: {
            password: components["schemas"]["GivenPassword"];
        };
        /** @description What staff change. An absent field stays as it is. */
        AccountChange: {
            /** @description The name or the id of an account tier. Upper and lower case of the name do not matter. */
            tier?: string;
            /** @description Whether the account is open. */
            is_active?: boolean;
        };
        /** @description A session, which begins with a sign-in. */
        Session: {
            /** @description The id of the session. */
            id: string;
            /**
             * Format: date-time
             * @description When the sign-in was.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When its tokens were last refreshed.
             */
            last_used_at: string;
            /** @description The first 256 characters of the User-Agent header of the sign-in. */
            user_agent: string | null;
            /** @description Whether it is the session of this request. */
            current: boolean;
        };
        /** @description A page of sessions. */
        SessionList: {
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            results: components["schemas"]["Session"][];
        };
        /** @description The name and the password of an account. */
        Credentials: {
            /** @description The name of the account. */
            username: string;
            password: components["schemas"]["GivenPassword"];
        };
        /** @description A refresh token. */
        RefreshToken: {
            /** @description The refresh token. */
            refresh: string;
        };
        /** @description An access or a refresh token. */
        AnyToken: {
            /** @description The token. */
            token: string;
        };
        /** @description How far to sign out. */
        Logout: {
            /**
             * @description Whether to end every session of the account.
             * @default false
             */
            all: boolean;
        };
        /** @description The tokens of a session. */
        Tokens: {
            /** @description The access token, a JWT. */
            access: string;
            /** @description The refresh token, a JWT. */
            refresh: string;
        };
        /** @description The tokens of a session, with the outcome in one sentence. */
        TokensWithMessage: {
            /** @description The sentence. */
            message: string;
            /** @description The access token, a JWT. */
            access: string;
            /** @description The refresh token, a JWT. */
            refresh: string;
        };
        /** @description New tokens of a session, with the outcome in one sentence. */
        VerifiedTokens: {
            /** @description The sentence. */
            message: string;
            /** @description The access token, a JWT. */
            new_access_token: string;
            /** @description The refresh token, a JWT. */
            refresh: string;
        };
        /** @description The only token of a session. */
        LoginToken: {
            /** @description The access token, a JWT. */
            token: string;
            /** @description For how many seconds the token is valid. */
            expires_in: number;
        };
        /** @description Whose token it is. */
        TokenOwner: {
            /** @description The outcome in one sentence. */
            message: string;
            /** @description The id of the account. */
            user_id: string;
            /** @description The name of the account. */
            username: string;
        };
        /** @description The state of a token. */
        TokenStatus: {
            /**
             * @description The state.
             * @constant
             */
            status: "valid";
        };
        /** @description An error in one sentence. */
        ErrorText: {
            /** @description The sentence. */
            error: string;
        };
        /** @description A file. */
        File: {
            /** @description The id of the file. */
            id: string;
            /** @description The title. A file without a title of its own has its file name here. */
            title: string;
            /** @description The name under which the file is downloaded. */
            filename: string;
            /** @description The media type. It can differ from the declared one, because the bytes decide it. */
            content_type: string;
            /**
             * Format: int64
             * @description The size in bytes.
             */
            size: number;
            /** @description The SHA-256 of the content in hexadecimal, if it is known. */
            sha256: string | null;
            visibility: components["schemas"]["Visibility"];
            /** @description The name of the uploader, for people to read. */
            uploaded_by: string;
            /** @description The id of the owner's account. */
            owner: string;
            /**
             * @description A `pending` file waits for its bytes or for their check. A `ready` file can be downloaded. A `rejected` file
             *     has no content, and `reason` says why.
             * @enum {string}
             */
            status: "pending" | "ready" | "rejected";
            /**
             * Format: date-time
             * @description When the file was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the file was changed last.
             */
            updated_at: string;
            /**
             * Format: uri
             * @description A signed URL of the content, which lives 15 minutes. Null until the file is ready. Types that a browser
             *     could run, such as HTML and SVG, are only ever served as attachments.
             */
            file: string | null;
            /**
             * Format: uri
             * @description Only on PDFs - the same URL as `file`, for clients of the replaced file upload service [001].
             */
            pdf?: string | null;
            /**
             * @description Only on rejected files. `content_type_mismatch`: the content contradicts the declared type. `size_mismatch`:
             *     it has another size. `expired`: it did not arrive in time. `unreadable`: the store refuses to read it.
             * @example content_type_mismatch
             */
            reason?: string;
            /** @description Only in the response to an announcement - how to send the bytes. */
            upload?: components["schemas"]["PutUpload"] | components["schemas"]["MultipartUpload"];
        };
        /**
         * @description Send the bytes with one request of this method and these headers to the URL. The store accepts exactly the
         *     announced size and type, once. A 412 of the store means that the bytes are already there.
         */
        PutUpload: {
            /**
             * @description The method of the request.
             * @constant
             */
            method: "PUT";
            /**
             * Format: uri
             * @description Where to send the bytes.
             */
            url: string;
            /** @description The headers to send. */
            headers: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When the URL stops working.
             */
            expires_at: string;
        };
        /** @description Send the bytes in parts, to the URLs that `POST /api/files/{id}/parts` returns. */
        MultipartUpload: {
            /**
             * @description The kind of upload.
             * @constant
             */
            type: "multipart";
            /**
             * Format: int64
             * @description The size of each part except the last, in bytes.
             */
            part_size: number;
            /** @description The number of parts. */
            part_count: number;
        };
        /** @description The announcement of a file. */
        NewFile: {
            filename: components["schemas"]["FileName"];
            /** @description The media type. Parameters such as `charset` are dropped. */
            content_type: string;
            /**
             * Format: int64
             * @description The exact size in bytes. The account tier can have a lower limit.
             */
            size: number;
            /** @description The SHA-256 of the content in hexadecimal. The store enforces it when the file is sent with one `PUT`. */
            sha256?: string | null;
            title?: components["schemas"]["OptionalTitle"];
            /** @description Without it, or with null, the route or the deployment decides. */
            visibility?: components["schemas"]["Visibility"] | null;
        };
        /** @description A file in a form, in one of the parts `file` and `pdf`. */
        FileForm: {
            /**
             * Format: binary
             * @description The file, with its name and media type.
             */
            file?: string;
            /**
             * Format: binary
             * @description The same, for clients of the replaced file upload service [001].
             */
            pdf?: string;
            title?: components["schemas"]["FormTitle"];
            visibility?: components["schemas"]["Visibility"];
        };
        /** @description A file that every signed-in user may see. */
        SharedFileForm: {
            /**
             * Format: binary
             * @description The file, with its name and media type.
             */
            file: string;
            title: components["schemas"]["Title"];
            uploaded_by: components["schemas"]["Title"];
            visibility?: components["schemas"]["Visibility"];
        };
        /** @description The metadata of a file. Without a title, the title becomes the file name. */
        FileMetadata: {
            filename: components["schemas"]["FileName"];
            title?: components["schemas"]["Title"];
            visibility?: components["schemas"]["Visibility"];
        };
        /** @description Changes of a file's metadata. */
        FileChange: {
            filename?: components["schemas"]["FileName"];
            title?: components["schemas"]["Title"];
            visibility?: components["schemas"]["Visibility"];
        };
        /**
         * @description The name of the file, in any script. Path parts, control characters and marks that reverse the direction of text
         *     are removed; at most 255 bytes of UTF-8 may remain.
         */
        FileName: string;
        /** @description A text for people to read. Control characters are removed. */
        Title: string;
        /** @description The title. Without one, or with a blank one, it is the file name. */
        OptionalTitle: string | null;
        /** @description The title. Without one, or with a blank one, it is the file name. */
        FormTitle: string;
        /**
         * @description Who may read the file - only its owner, or every signed-in user.
         * @enum {string}
         */
        Visibility: "private" | "members";
        /** @description A page of files. */
        FileList: {
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /** @description The files, newest first. */
            results: components["schemas"]["File"][];
        };
        /** @description A page of files of all users. */
        AllFiles: {
            /** @description The files, newest first. */
            files: components["schemas"]["File"][];
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
        };
        /** @description A stored file, in the form of the replaced file sharing service [000]. */
        SharedFile: {
            /**
             * @description The status of the response.
             * @constant
             */
            status_code: 200;
            /**
             * @description The outcome.
             * @constant
             */
            status_message: "SUCCESS";
            /** @description The id of the file. */
            id: string;
            /** @description The title. */
            title: string;
            /** @description The name of the uploader, as it was sent. */
            uploaded_by: string;
            /**
             * Format: uri
             * @description A signed URL of the content, which lives 15 minutes.
             */
            file: string;
        };
        /** @description Errors of fields, in the form of the replaced file sharing service [000]. */
        SharedFileErrors: {
            /**
             * @description The status of the response.
             * @constant
             */
            status_code: 400;
            /**
             * @description The outcome.
             * @constant
             */
            status_message: "Invalid request packet";
            /**
             * @description Always the same text.
             * @constant
             */
            internal_message: "parameter missing in request packet";
            errors: components["schemas"]["FieldErrors"];
        };
        /** @description A page of download URLs, in the form of the replaced file sharing service [000]. */
        DownloadUrls: {
            /**
             * @description The status of the response.
             * @constant
             */
            status_code: 200;
            /** @description Signed URLs by title, which live 15 minutes. */
            files: {
                [key: string]: string;
            };
            /**
             * @description The outcome.
             * @constant
             */
            status_message: "SUCCESS";
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
        };
        /** @description The parts to sign URLs for. */
        PartNumbers: {
            /** @description Numbers of parts, from 1 to `part_count`. */
            numbers: number[];
        };
        /** @description URLs for parts. */
        SignedParts: {
            /** @description One URL for each requested number, in the order of the request. */
            parts: components["schemas"]["SignedPart"][];
        };
        /** @description A part and the URL to send its bytes to. */
        SignedPart: {
            /** @description The number of the part. */
            number: number;
            /**
             * Format: uri
             * @description Where to send the part with `PUT`.
             */
            url: string;
            /**
             * Format: date-time
             * @description When the URL stops working.
             */
            expires_at: string;
        };
        /** @description The parts that the store holds, and how the file is divided. */
        StoredParts: {
            /** @description The stored parts, by number. */
            parts: components["schemas"]["StoredPart"][];
            /**
             * Format: int64
             * @description The size of each part except the last, in bytes.
             */
            part_size: number;
            /** @description The number of parts. */
            part_count: number;
        };
        /** @description A part that the store holds. */
        StoredPart: {
            /** @description The number of the part. */
            number: number;
            /**
             * Format: int64
             * @description The size of the part in bytes.
             */
            size: number;
            /** @description The `ETag` of the part, with its quotes. */
            etag: string;
        };
        /** @description The parts of a file. A file that was sent with one PUT needs none. */
        Completion: {
            /** @description Every part of the file. */
            parts?: components["schemas"]["SentPart"][];
        };
        /** @description A part that was sent. */
        SentPart: {
            /** @description The number of the part. */
            number: number;
            /** @description The `ETag` header of the response to its `PUT`. The quotes may be left out. */
            etag: string;
        };
        /** @description A share link, for its owner. */
        ShareLink: {
            /** @description The id of the link. */
            id: string;
            /**
             * Format: uri
             * @description The URL to give to others. Null for old links, whose URL cannot be read again.
             */
            url: string | null;
            /**
             * Format: date-time
             * @description When the link stops working. Null if it does not expire.
             */
            expires_at: string | null;
            /**
             * Format: int64
             * @description How often the link can be opened. Null if there is no limit.
             */
            max_downloads: number | null;
            /**
             * Format: int64
             * @description How often the link was opened.
             */
            downloads: number;
            /** @description Whether the link asks for a password. */
            has_password: boolean;
            /**
             * Format: date-time
             * @description When the link was created.
             */
            created_at: string;
        };
        /** @description A share link that was just created. */
        CreatedShareLink: {
            /** @description The id of the link. */
            id: string;
            /**
             * Format: uri
             * @description The URL to give to others.
             */
            url: string;
            /**
             * Format: date-time
             * @description When the link stops working. Null if it does not expire.
             */
            expires_at: string | null;
            /**
             * Format: int64
             * @description How often the link can be opened. Null if there is no limit.
             */
            max_downloads: number | null;
            /**
             * Format: int64
             * @description How often the link was opened.
             */
            downloads: number;
            /** @description Whether the link asks for a password. */
            has_password: boolean;
            /**
             * Format: date-time
             * @description When the link was created.
             */
            created_at: string;
        };
        /** @description A page of share links. */
        ShareLinkList: {
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /** @description The links, newest first. */
            results: components["schemas"]["ShareLink"][];
        };
        /** @description The options of a share link. */
        NewShareLink: {
            /**
             * Format: int64
             * @description After how many seconds the link stops working; at most the `max_link_seconds` of the account tier. Null: it
             *     does not expire, if the tier allows that. Without this field, it is seven days, or the tier's maximum if
             *     that is less.
             */
            expires_in?: number | null;
            password?: components["schemas"]["LinkPassword"];
            max_downloads?: components["schemas"]["MaxDownloads"];
        };
        /** @description Changes of a share link. */
        ShareLinkChange: {
            /**
             * Format: int64
             * @description After how many seconds from now the link stops working; at most the `max_link_seconds` of the account tier.
             *     Null: it does not expire, if the tier allows that.
             */
            expires_in?: number | null;
            password?: components["schemas"]["LinkPassword"];
            max_downloads?: components["schemas"]["MaxDownloads"];
        };
        /** @description The password that the link asks for. It is not trimmed. Null for none. */
        LinkPassword: string | null;
        /**
         * Format: int64
         * @description How often the link can be opened. Null for no limit.
         */
        MaxDownloads: number | null;
        /** @description The password of a share link. */
        SharePassword: {
            /** @description The password. It is not trimmed. */
            password?: string;
        };
        /** @description An image. */
        Image: {
            /** @description The id. */
            id: string;
            /** @description The title. */
            title: string;
            /** @description The file name, as the owner has it. */
            filename: string;
            /** @description The media type. Once the image is ready, it is the true type of the bytes. */
            content_type: string;
            /**
             * Format: int64
             * @description The size of the original in bytes.
             */
            size: number;
            /**
             * Format: int32
             * @description The width of the upright image in pixels, or null until the image is ready.
             */
            width: number | null;
            /**
             * Format: int32
             * @description The height of the upright image in pixels, or null until the image is ready.
             */
            height: number | null;
            /**
             * @description `pending` until the bytes have arrived and were checked, `ready` if they are good, `rejected` if not.
             * @enum {string}
             */
            status: "pending" | "ready" | "rejected";
            /**
             * @description The URLs of the thumbnails, by size in pixels. The tier of the owner decides which sizes there are. Empty
             *     until the image is ready. They are signed URLs. A thumbnail that does not exist yet has the URL of `GET
             *     /api/images/{id}/thumbnail` instead, which makes it and needs the sign-in of the owner.
             */
            thumbnails: {
                [key: string]: string;
            };
            /**
             * Format: uri
             * @description A signed URL of the original, or null if the tier has none or the image is not ready.
             */
            original: string | null;
            /**
             * Format: date-time
             * @description When the image was created.
             */
            created_at: string;
            /**
             * @description Only on rejected images. `unsupported_type: image/tiff`: the bytes are an image of this type, which is not
             *     accepted. `content_type_mismatch`: they are no image. `invalid_image`: they cannot be decoded.
             *     `image_too_large`: the image has too many pixels. `size_mismatch`: it has another size than announced.
             *     `expired`: it did not arrive in time. `unreadable`: the store refuses to read it.
             * @example invalid_image
             * @example unsupported_type: image/tiff
             */
            reason?: string;
            upload?: components["schemas"]["PutUpload"];
        };
        /** @description A page of images. */
        ImageList: {
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /** @description The images, newest first. */
            results: components["schemas"]["Image"][];
        };
        /** @description An image in a form, in one of the parts `image` and `file`. */
        ImageForm: {
            /**
             * Format: binary
             * @description The image, with its name. It has at most 4 MiB.
             */
            image?: string;
            /**
             * Format: binary
             * @description The same, under another name.
             */
            file?: string;
            title?: components["schemas"]["FormTitle"];
        };
        /** @description An image whose bytes are sent later, to the URL in the response. */
        NewImage: {
            filename: components["schemas"]["FileName"];
            /** @description The media type. The bytes decide which type the image has in the end. */
            content_type: string;
            /**
             * Format: int64
             * @description The exact size in bytes. The store accepts no other size.
             */
            size: number;
            /** @description The SHA-256 of the bytes, in hexadecimal. The store refuses bytes with another one. */
            sha256?: string | null;
            title?: components["schemas"]["OptionalTitle"];
        };
        /** @description What changes of an image. A field that is absent stays as it is. */
        ImageChange: {
            title?: components["schemas"]["Title"];
            filename?: components["schemas"]["FileName"];
        };
        /** @description An account tier. */
        Tier: {
            /** @description The id. */
            id: string;
            /** @description The name. */
            name: string;
            /** @description The sizes of thumbnails in pixels, ascending. A thumbnail fits within size x size. */
            thumbnail_sizes: number[];
            /** @description Whether images have a URL of the original. */
            link_to_original: boolean;
            /** @description Whether files and images can have share links. */
            expiring_links: boolean;
            /**
             * Format: int64
             * @description How long a share link may last, in seconds. Null: there is no limit, and a link may never expire.
             */
            max_link_seconds: number | null;
            /**
             * Format: int64
             * @description The size of the largest file or image, in bytes.
             */
            max_file_bytes: number;
            /**
             * Format: int64
             * @description The size of all files and images of an account together, in bytes.
             */
            max_total_bytes: number;
        };
        /** @description The settings of an account tier. */
        TierSettings: {
            /** @description The name, with at least one letter or digit. No other tier may have it. */
            name: string;
            /** @description The sizes of thumbnails in pixels. Order and repetitions do not matter. */
            thumbnail_sizes: number[];
            /**
             * @description Whether images have a URL of the original.
             * @default false
             */
            link_to_original: boolean;
            /**
             * @description Whether files and images can have share links.
             * @default false
             */
            expiring_links: boolean;
            /**
             * Format: int64
             * @description How long a share link may last, in seconds. Null: there is no limit, and a link may never expire.
             * @default 604800
             */
            max_link_seconds: number | null;
            /**
             * Format: int64
             * @description The size of the largest file or image, in bytes. The store takes at most 5 TiB.
             */
            max_file_bytes: number;
            /**
             * Format: int64
             * @description The size of all files and images of an account together, in bytes.
             */
            max_total_bytes: number;
        };
        /** @description Two texts of one account. */
        Resource: {
            /** @description The id. */
            id: string;
            /** @description The first text. */
            field1: string;
            /** @description The second text. */
            field2: string;
        };
        /** @description A page of resources. */
        ResourceList: {
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /** @description The resources, newest first. */
            results: components["schemas"]["Resource"][];
        };
        /** @description Both texts of a resource. */
        ResourceFields: {
            /** @description The first text. It must not be blank. */
            field1: string;
            /** @description The second text. It must not be blank. */
            field2: string;
        };
        /** @description What changes of a resource. A field that is absent stays as it is. */
        ResourceChange: {
            /** @description The first text. It must not be blank. */
            field1?: string;
            /** @description The second text. It must not be blank. */
            field2?: string;
        };
        /** @description A file as its owner sees it, with the number of its share links. */
        StaffFile: {
            /** @description The id of the file. */
            id: string;
            /** @description The title. A file without a title of its own has its file name here. */
            title: string;
            /** @description The name under which the file is downloaded. */
            filename: string;
            /** @description The media type. It can differ from the declared one, because the bytes decide it. */
            content_type: string;
            /**
             * Format: int64
             * @description The size in bytes.
             */
            size: number;
            /** @description The SHA-256 of the content in hexadecimal, if it is known. */
            sha256: string | null;
            visibility: components["schemas"]["Visibility"];
            /** @description The name of the uploader, for people to read. */
            uploaded_by: string;
            /** @description The id of the owner's account. */
            owner: string;
            /**
             * @description A `pending` file waits for its bytes or for their check. A `ready` file can be downloaded. A `rejected` file
             *     has no content, and `reason` says why.
             * @enum {string}
             */
            status: "pending" | "ready" | "rejected";
            /**
             * Format: date-time
             * @description When the file was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the file was changed last.
             */
            updated_at: string;
            /**
             * Format: uri
             * @description A signed URL of the content, which lives 15 minutes. Null until the file is ready. Types that a browser
             *     could run, such as HTML and SVG, are only ever served as attachments.
             */
            file: string | null;
            /**
             * Format: uri
             * @description Only on PDFs - the same URL as `file`, for clients of the replaced file upload service [001].
             */
            pdf?: string | null;
            /**
             * @description Only on rejected files. `content_type_mismatch`: the content contradicts the declared type. `size_mismatch`:
             *     it has another size. `expired`: it did not arrive in time. `unreadable`: the store refuses to read it.
             * @example content_type_mismatch
             */
            reason?: string;
            /**
             * Format: int64
             * @description How many share links the file has that have not expired.
             */
            links: number;
        };
        /** @description A page of files of one account. */
        StaffFileList: {
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /** @description The files, newest first. */
            results: components["schemas"]["StaffFile"][];
        };
        /** @description An image as its owner sees it, with the number of its share links. */
        StaffImage: {
            /** @description The id. */
            id: string;
            /** @description The title. */
            title: string;
            /** @description The file name, as the owner has it. */
            filename: string;
            /** @description The media type. Once the image is ready, it is the true type of the bytes. */
            content_type: string;
            /**
             * Format: int64
             * @description The size of the original in bytes.
             */
            size: number;
            /**
             * Format: int32
             * @description The width of the upright image in pixels, or null until the image is ready.
             */
            width: number | null;
            /**
             * Format: int32
             * @description The height of the upright image in pixels, or null until the image is ready.
             */
            height: number | null;
            /**
             * @description `pending` until the bytes have arrived and were checked, `ready` if they are good, `rejected` if not.
             * @enum {string}
             */
            status: "pending" | "ready" | "rejected";
            /**
             * @description The URLs of the thumbnails, by size in pixels. The tier of the owner decides which sizes there are. Empty
             *     until the image is ready. They are signed URLs. A thumbnail that does not exist yet has the URL of `GET
             *     /api/images/{id}/thumbnail` instead, which makes it and needs the sign-in of the owner.
             */
            thumbnails: {
                [key: string]: string;
            };
            /**
             * Format: uri
             * @description A signed URL of the original, or null if the tier has none or the image is not ready.
             */
            original: string | null;
            /**
             * Format: date-time
             * @description When the image was created.
             */
            created_at: string;
            /**
             * @description Only on rejected images. `unsupported_type: image/tiff`: the bytes are an image of this type, which is not
             *     accepted. `content_type_mismatch`: they are no image. `invalid_image`: they cannot be decoded.
             *     `image_too_large`: the image has too many pixels. `size_mismatch`: it has another size than announced.
             *     `expired`: it did not arrive in time. `unreadable`: the store refuses to read it.
             * @example invalid_image
             * @example unsupported_type: image/tiff
             */
            reason?: string;
            /**
             * Format: int64
             * @description How many share links the image has that have not expired.
             */
            links: number;
        };
        /** @description A page of images of one account. */
        StaffImageList: {
            /**
             * Format: uri
             * @description The URL of the next page.
             */
            next: string | null;
            /** @description The images, newest first. */
            results: components["schemas"]["StaffImage"][];
        };
        /** @description The state of the service. */
        Health: {
            /**
             * @description Always `ok`. A service that is not up does not answer 200.
             * @enum {string}
             */
            status: "ok";
            /** @description The version of Satchel that is deployed. */
            version: string;
        };
        /** @description What a client needs to know before sign-in. */
        Settings: {
            /**
             * @description Who may sign up: everybody (`open`), only addresses of certain domains (`domains`), or nobody (`closed`).
             * @enum {string}
             */
            registration: "open" | "domains" | "closed";
            /** @description Whether an account needs an e-mail address. */
            email_required: boolean;
            /** @description Whether the deployment sends mail. Without mail, routes that need an address refuse it. */
            mail: boolean;
            /**
             * Format: int64
             * @description The size of the largest file in a form, in bytes. Announce a larger one by JSON.
             */
            max_form_bytes: number;
            /**
             * Format: int64
             * @description The size of the largest image, in bytes. A tier may allow less.
             */
            max_image_bytes: number;
        };
        /** @description An OpenAPI 3.1 description. */
        OpenApiDescription: {
            /** @description The version of OpenAPI. */
            openapi: string;
            /** @description The title and the version of the contract. */
            info: {
                /** @description The title. */
                title: string;
                /** @description The version of the contract. */
                version: string;
            } & {
                [key: string]: unknown;
            };
            /** @description The routes. */
            paths: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description A JWK set (RFC 7517, section 5). */
        JwkSet: {
            /** @description The previous, the current and the next key. */
            keys: components["schemas"]["Jwk"][];
        };
        /** @description The public key of an Ed25519 key pair (RFC 8037). */
        Jwk: {
            /**
             * @description The type of the key.
             * @enum {string}
             */
            kty: "OKP";
            /**
             * @description The curve.
             * @enum {string}
             */
            crv: "Ed25519";
            /**
             * @description The key verifies signatures.
             * @enum {string}
             */
            use: "sig";
            /**
             * @description The algorithm.
             * @enum {string}
             */
            alg: "EdDSA";
            /** @description The id of the key, as in the header of a token. */
            kid: string;
            /** @description The public key in base64url. */
            x: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Detail = components['schemas']['Detail'];
export type FieldErrors = components['schemas']['FieldErrors'];
export type TokenNotValid = components['schemas']['TokenNotValid'];
export type BadHeader = components['schemas']['BadHeader'];
export type CodedDetail = components['schemas']['CodedDetail'];
export type GatewayMessage = components['schemas']['GatewayMessage'];
export type InternalServerError = components['schemas']['InternalServerError'];
export type SignedUrl = components['schemas']['SignedUrl'];
export type Message = components['schemas']['Message'];
export type NewPassword = components['schemas']['NewPassword'];
export type GivenPassword = components['schemas']['GivenPassword'];
export type NewUsername = components['schemas']['NewUsername'];
export type GivenEmail = components['schemas']['GivenEmail'];
export type SignUp = components['schemas']['SignUp'];
export type SignUpForm = components['schemas']['SignUpForm'];
export type NewAccount = components['schemas']['NewAccount'];
export type Registration = components['schemas']['Registration'];
export type RegistrationErrors = components['schemas']['RegistrationErrors'];
export type EmailAddress = components['schemas']['EmailAddress'];
export type PasswordReset = components['schemas']['PasswordReset'];
export type Account = components['schemas']['Account'];
export type StaffAccount = components['schemas']['StaffAccount'];
export type StaffAccountList = components['schemas']['StaffAccountList'];
export type AddressChange = components['schemas']['AddressChange'];
export type PasswordChange = components['schemas']['PasswordChange'];
export type PasswordProof = components['schemas']['PasswordProof'];
export type AccountChange = components['schemas']['AccountChange'];
export type Session = components['schemas']['Session'];
export type SessionList = components['schemas']['SessionList'];
export type Credentials = components['schemas']['Credentials'];
export type RefreshToken = components['schemas']['RefreshToken'];
export type AnyToken = components['schemas']['AnyToken'];
export type Logout = components['schemas']['Logout'];
export type Tokens = components['schemas']['Tokens'];
export type TokensWithMessage = components['schemas']['TokensWithMessage'];
export type VerifiedTokens = components['schemas']['VerifiedTokens'];
export type LoginToken = components['schemas']['LoginToken'];
export type TokenOwner = components['schemas']['TokenOwner'];
export type TokenStatus = components['schemas']['TokenStatus'];
export type ErrorText = components['schemas']['ErrorText'];
export type File = components['schemas']['File'];
export type PutUpload = components['schemas']['PutUpload'];
export type MultipartUpload = components['schemas']['MultipartUpload'];
export type NewFile = components['schemas']['NewFile'];
export type FileForm = components['schemas']['FileForm'];
export type SharedFileForm = components['schemas']['SharedFileForm'];
export type FileMetadata = components['schemas']['FileMetadata'];
export type FileChange = components['schemas']['FileChange'];
export type FileName = components['schemas']['FileName'];
export type Title = components['schemas']['Title'];
export type OptionalTitle = components['schemas']['OptionalTitle'];
export type FormTitle = components['schemas']['FormTitle'];
export type Visibility = components['schemas']['Visibility'];
export type FileList = components['schemas']['FileList'];
export type AllFiles = components['schemas']['AllFiles'];
export type SharedFile = components['schemas']['SharedFile'];
export type SharedFileErrors = components['schemas']['SharedFileErrors'];
export type DownloadUrls = components['schemas']['DownloadUrls'];
export type PartNumbers = components['schemas']['PartNumbers'];
export type SignedParts = components['schemas']['SignedParts'];
export type SignedPart = components['schemas']['SignedPart'];
export type StoredParts = components['schemas']['StoredParts'];
export type StoredPart = components['schemas']['StoredPart'];
export type Completion = components['schemas']['Completion'];
export type SentPart = components['schemas']['SentPart'];
export type ShareLink = components['schemas']['ShareLink'];
export type CreatedShareLink = components['schemas']['CreatedShareLink'];
export type ShareLinkList = components['schemas']['ShareLinkList'];
export type NewShareLink = components['schemas']['NewShareLink'];
export type ShareLinkChange = components['schemas']['ShareLinkChange'];
export type LinkPassword = components['schemas']['LinkPassword'];
export type MaxDownloads = components['schemas']['MaxDownloads'];
export type SharePassword = components['schemas']['SharePassword'];
export type Image = components['schemas']['Image'];
export type ImageList = components['schemas']['ImageList'];
export type ImageForm = components['schemas']['ImageForm'];
export type NewImage = components['schemas']['NewImage'];
export type ImageChange = components['schemas']['ImageChange'];
export type Tier = components['schemas']['Tier'];
export type TierSettings = components['schemas']['TierSettings'];
export type Resource = components['schemas']['Resource'];
export type ResourceList = components['schemas']['ResourceList'];
export type ResourceFields = components['schemas']['ResourceFields'];
export type ResourceChange = components['schemas']['ResourceChange'];
export type StaffFile = components['schemas']['StaffFile'];
export type StaffFileList = components['schemas']['StaffFileList'];
export type StaffImage = components['schemas']['StaffImage'];
export type StaffImageList = components['schemas']['StaffImageList'];
export type Health = components['schemas']['Health'];
export type Settings = components['schemas']['Settings'];
export type OpenApiDescription = components['schemas']['OpenApiDescription'];
export type JwkSet = components['schemas']['JwkSet'];
export type Jwk = components['schemas']['Jwk'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
