"""Exports the orders of one region from Domo to S3."""

import pulumi
import pulumi_aws as aws
import pulumi_domo as domo

config = pulumi.Config()
dataset = config.get("dataset") or "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17"
path = f"domo/{pulumi.get_stack()}/sales"

bucket = aws.s3.Bucket("sales-exports", force_destroy=True)

encryption = aws.s3.BucketServerSideEncryptionConfiguration(
    "sales-exports",
    bucket=bucket.bucket,
    rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
)

public_access_block = aws.s3.BucketPublicAccessBlock(
    "sales-exports",
    bucket=bucket.bucket,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)

# Domo gets temporary credentials of this role: it may write below the path, and only the caller may assume it.
caller = aws.get_caller_identity_output()
role = aws.iam.Role(
    "sales-exports",
    assume_role_policy=domo.export_role_trust_output(caller_arn=caller.arn).json,
)
role_policy = aws.iam.RolePolicy(
    "sales-exports",
    role=role.name,
    policy=domo.export_role_policy_output(bucket=bucket.bucket, path=path).json,
)

sales = domo.S3Export(
    "sales",
    dataset=dataset,
    sql="""
        SELECT "Order ID", "Order Date", "Customer Name", "Region", "Sales"
        FROM dataset
        WHERE "Region" = 'West'
    """,
    bucket=bucket.bucket,
    path=path,
    role_arn=role.arn,
    opts=pulumi.ResourceOptions(
        depends_on=[public_access_block, encryption, role_policy],
        custom_timeouts=pulumi.CustomTimeouts(create="30m", update="30m"),
    ),
)

pulumi.export("bucketName", bucket.bucket)
pulumi.export("sql", sales.sql)
pulumi.export("rowCount", sales.row_count)
pulumi.export("keys", sales.files.apply(lambda files: [file.key for file in files]))
