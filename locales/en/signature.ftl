# What is printed inside a signature's picture and written into its dictionary.
signature-reason = I agree to and sign this agreement
signature-caption-prepared = Begun { $time }; see timestamp
signature-caption-client = Key made on the signer's device; the server never had it
signature-caption-server = One-time key made by the server, dropped after use
signature-caption-external = Key of the signer's own certificate
