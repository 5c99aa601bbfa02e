"""The register of pupils and guardians: who they are, who has custody, where they are enrolled (processes
1–3, 8, 9).
"""
